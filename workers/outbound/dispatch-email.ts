import { makeAdapter } from "../../src/outbound/adapters.ts";
import { defineDispatcher } from "../../src/outbound/define-dispatcher.ts";

/** Mails to the addresses that accounts have set. */
export default defineDispatcher(makeAdapter("email"));
