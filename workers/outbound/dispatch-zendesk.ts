import { makeAdapter } from "../../src/outbound/adapters.ts";
import { defineDispatcher } from "../../src/outbound/define-dispatcher.ts";

/** Makes tickets of chats and offline messages, in the Zendesk of accounts. */
export default defineDispatcher(makeAdapter("zendesk"));
