import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { administrator, useWebhooks } from "./use-webhooks.ts";

const db = useDatabase();
const { api, add } = useWebhooks(db);

describe("what is shown", () => {
  it("attempts of an endpoint, the newest first", async () => {
    const { webhookEndpoint } = await add();
    await db.pool.query(
      `insert into outbound.attempts
         (destination_id, event_id, event_name, attempt, started_at, duration_ms, outcome, status, answer, error_code, error)
       values ($1, 7, 'chat.ended', 1, now(), 12, 'failed', 500, 'oops', 'PA073', 'answered 500'),
         ($1, 7, 'chat.ended', 2, now(), 9, 'delivered', 200, 'ok', null, null)`,
      [webhookEndpoint.id],
    );
    const { data } = await api.query(
      administrator,
      `{ webhookEndpoints(first: 1) { nodes { attempts(first: 5, orderBy: ID_DESC) {
        nodes { eventId eventName attempt durationMs outcome status answer errorCode error } } } } }`,
    );
    expect(data.webhookEndpoints.nodes[0].attempts.nodes).toMatchObject([
      { eventId: "7", attempt: 2, outcome: "delivered", status: 200, answer: "ok", durationMs: 9 },
      { attempt: 1, outcome: "failed", status: 500, errorCode: "PA073", error: "answered 500" },
    ]);
  });

  it("no field of the schema is secret, but for the answers to those that make one", async () => {
    const { data } = await api.query(administrator, "{ __schema { types { name kind fields { name } } } }");
    const secret = data.__schema.types.flatMap(
      ({ name, fields }: { name: string; fields: { name: string }[] | null }) =>
        (fields ?? []).filter((field) => /secret/i.test(field.name)).map((field) => `${name}.${field.name}`),
    );
    expect(secret.toSorted()).toEqual([
      "AddWebhookEndpointPayload.secret",
      "Mutation.rotateWebhookSecret",
      "RotateWebhookSecretPayload.secret",
    ]);
  });

  it("what docs/consumers/webhook.md asks for", async () => {
    const page = readFileSync(new URL("../../../docs/consumers/webhook.md", import.meta.url), "utf8");
    const query = /```graphql\n(.*?)```/s.exec(page)![1]!;
    await add();
    expect(await api.query(administrator, query)).toMatchObject({
      data: { webhookEndpoints: { nodes: [{ name: "CRM", waiting: 0, attempts: { nodes: [] } }] } },
    });
  });

  it("what analysts read", async () => {
    const { data } = await api.query(administrator, "{ agents(first: 10) { nodes { name } } }");
    expect(data.agents.nodes.map(({ name }: { name: string }) => name)).toEqual(["Ann", "Bob", "Cyd"]);
  });
});
