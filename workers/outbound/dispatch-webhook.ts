import { makeAdapter } from "../../src/outbound/adapters.ts";
import { defineDispatcher } from "../../src/outbound/define-dispatcher.ts";

/** Delivers to the webhook endpoints of accounts. */
export default defineDispatcher(makeAdapter("webhook"));
