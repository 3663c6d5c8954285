import { type Config, loadConfig } from "../config.ts";
import { ParleyError } from "../errors.ts";
import type { Adapter } from "./adapter.ts";
import { createEmailAdapter } from "./email/adapter.ts";
import { createHttpClient } from "./http/client.ts";
import { salesforceAdapter } from "./salesforce/adapter.ts";
import { ticketAdapter } from "./ticket/adapter.ts";
import { createWebhookAdapter } from "./webhook/adapter.ts";
import { zendeskAdapter } from "./zendesk/adapter.ts";

/** How the adapter of each kind is made. */
const ADAPTERS: Readonly<Record<string, (config: Config) => Adapter>> = {
  webhook: (config) => createWebhookAdapter(createHttpClient(config)) as Adapter,
  email: (config) => createEmailAdapter(config) as Adapter,
  ticket: (config) => ticketAdapter(createHttpClient(config)) as Adapter,
  salesforce: (config) => salesforceAdapter(createHttpClient(config)) as Adapter,
  zendesk: (config) => zendeskAdapter(createHttpClient(config)) as Adapter,
};

/** The kinds of destinations that this program knows. */
export const KINDS = Object.keys(ADAPTERS);

/** The adapter of that kind; PA060 when there is none. */
export function makeAdapter(kind: string, config: Config = loadConfig()): Adapter {
  const make = Object.hasOwn(ADAPTERS, kind) ? ADAPTERS[kind] : undefined;
  if (make) return make(config);
  throw new ParleyError("PA060", `there is no kind of destination "${kind}"`, {
    hint: `There are ${KINDS.join(", ")}.`,
  });
}
