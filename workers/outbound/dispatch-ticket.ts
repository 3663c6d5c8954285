import { makeAdapter } from "../../src/outbound/adapters.ts";
import { defineDispatcher } from "../../src/outbound/define-dispatcher.ts";

/** Makes the tickets that chats and offline messages ask for, where accounts want them. */
export default defineDispatcher(makeAdapter("ticket"));
