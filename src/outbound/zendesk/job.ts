import type { ZendeskClient } from "node-zendesk";
import type { Delivery } from "../adapter.ts";
import type { Enquiry } from "../enquiry.ts";
import type { ZendeskSettings } from "./settings.ts";

/** One attempt to have an enquiry in Zendesk. */
export interface Job {
  readonly client: ZendeskClient;
  /** The same, for the one request that must not be carried out twice. */
  readonly creating: ZendeskClient;
  readonly delivery: Delivery;
  readonly enquiry: Enquiry;
  /** The event's own, whose members the settings map. */
  readonly document: unknown;
  readonly settings: ZendeskSettings;
  readonly accountId: number;
}
