import { makeAdapter } from "../../src/outbound/adapters.ts";
import { defineDispatcher } from "../../src/outbound/define-dispatcher.ts";

/** Makes the cases, tasks, contacts and leads that chats ask for, in the orgs of accounts. */
export default defineDispatcher(makeAdapter("salesforce"));
