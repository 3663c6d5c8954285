import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { useWebhooks } from "./use-webhooks.ts";

const db = useDatabase();
const { mutate, add, secretsOf } = useWebhooks(db);

describe("rotateWebhookSecret", () => {
  it("makes a new secret, and keeps the old one for some hours", async () => {
    const { secret: old, webhookEndpoint } = await add();
    const { secret } = await mutate(
      "rotateWebhookSecret",
      { endpointId: webhookEndpoint.id, keepOldHours: 2 },
      "secret",
    );
    const secrets = await secretsOf(webhookEndpoint.id);
    expect(secrets).toEqual({ secret, previous: { secret: old, until: expect.any(String) } });
    const hours = (Date.parse(secrets.previous!.until) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(1.9);
    expect(hours).toBeLessThanOrEqual(2);
  });

  it("forgets the old one at once where others know it", async () => {
    const { webhookEndpoint } = await add();
    const { secret } = await mutate(
      "rotateWebhookSecret",
      { endpointId: webhookEndpoint.id, keepOldHours: 0 },
      "secret",
    );
    expect(await secretsOf(webhookEndpoint.id)).toEqual({ secret });
  });

  it("does not keep it for ever", async () => {
    const { webhookEndpoint } = await add();
    const { error } = await mutate("rotateWebhookSecret", {
      endpointId: webhookEndpoint.id,
      keepOldHours: 1000,
    });
    expect(error).toMatchObject({
      message: expect.stringContaining("0 to 168 hours"),
      extensions: { code: "PA074" },
    });
  });
});
