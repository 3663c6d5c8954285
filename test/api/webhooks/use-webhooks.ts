import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { createHttpClient } from "../../../src/outbound/http/client.ts";
import { Sealing } from "../../../src/outbound/sealing.ts";
import { createWebhookAdapter } from "../../../src/outbound/webhook/adapter.ts";
import { createWebhookManagement } from "../../../src/outbound/webhook/management.ts";
import type { WebhookSecrets } from "../../../src/outbound/webhook/settings.ts";
import { value } from "../../broker/test-queue.ts";
import { LOOPBACK } from "../../outbound/http/use-http-client.ts";
import type { TestDatabase } from "../../setup/database.ts";
import { createTwoAccounts } from "../two-accounts.ts";
import { token, useApi } from "../use-api.ts";

export const ENDPOINT =
  "webhookEndpoint { id name url headers events concurrency ratePerSecond enabled state }";

/** Of the first account. */
export const administrator = await token("administrator", 1);

/**
 * Call at file level, after `useDatabase`: two accounts without endpoints, and the API that manages them. Whatever the file's tests
 * do, no secret is logged.
 */
export function useWebhooks(db: TestDatabase) {
  const sealing = new Sealing(randomBytes(32).toString("base64"));
  const adapter = createWebhookAdapter(createHttpClient({ privateAddresses: LOOPBACK }));
  const api = useApi(db, { webhooks: createWebhookManagement(adapter, sealing) });
  beforeAll(() => createTwoAccounts(db.pool));
  beforeEach(() => db.pool.query("delete from outbound.destinations"));
  afterAll(() => expect(JSON.stringify(api.logged)).not.toMatch(/whsec_|tell-nobody/));

  async function mutate(
    field: string,
    input: Record<string, unknown>,
    selection = "clientMutationId",
    as = administrator,
  ) {
    const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation($input: ${type}!) { ${field}(input: $input) { ${selection} } }`;
    const answer = await api.query(as, query, { input });
    return answer.errors ? { error: answer.errors[0] } : answer.data[field];
  }

  return {
    api,
    mutate,

    add(input: Record<string, unknown> = {}, as = administrator) {
      const given = { name: "CRM", url: "https://hooks.example/a", ...input };
      return mutate("addWebhookEndpoint", given, `secret ${ENDPOINT}`, as);
    },

    async secretsOf(id: number): Promise<WebhookSecrets> {
      const sealed = await value<string>(db.pool, "select secrets from outbound.destinations where id = $1", [
        id,
      ]);
      return sealing.open(sealed, { id, accountId: 1 }) as WebhookSecrets;
    },

    async event(name = "chat.ended", siteId = 1): Promise<number> {
      const statement = "select broker.put_event($1, jsonb_build_object('SiteId', $2::int))";
      return Number(await value(db.pool, statement, [name, siteId]));
    },
  };
}
