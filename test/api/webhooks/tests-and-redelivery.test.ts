import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { httpPeer } from "../../outbound/peers/http-peer.ts";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { useWebhooks } from "./use-webhooks.ts";

const db = useDatabase();
const { mutate, add, event } = useWebhooks(db);

describe("testWebhookEndpoint", () => {
  const RESULT = "delivered status answer errorCode error durationMs";

  it("posts a signed test at once, and tells what was answered", async () => {
    const peer = await httpPeer((_request, response) => void response.end("fine"));
    const { secret, webhookEndpoint } = await add({ url: peer.url });
    expect(await mutate("testWebhookEndpoint", { endpointId: webhookEndpoint.id }, RESULT)).toEqual({
      delivered: true,
      status: 200,
      answer: "fine",
      errorCode: null,
      error: null,
      durationMs: expect.any(Number),
    });
    const [{ body, headers }] = peer.received as unknown as [{ body: string; headers: object }];
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: "webhook.test",
      data: { SiteId: 1, Endpoint: "CRM" },
    });
  });

  it("tells what went wrong", async () => {
    const peer = await httpPeer((_request, response) => void response.writeHead(500).end("broken"));
    const test = async (url: string) => {
      const { webhookEndpoint } = await add({ url, name: url });
      return mutate("testWebhookEndpoint", { endpointId: webhookEndpoint.id }, RESULT);
    };
    expect(await test(peer.url)).toMatchObject({
      delivered: false,
      status: 500,
      answer: "broken",
      errorCode: "PA073",
      error: "answered 500",
    });
    expect(await test("http://127.0.0.1:1/")).toMatchObject({
      delivered: false,
      status: null,
      errorCode: "PA070",
      error: expect.stringContaining("ECONNREFUSED"),
    });
    expect(await test("http://localhost.example/")).toMatchObject({ delivered: false, status: null });
  });
});

it("few tests run at once, so that slow endpoints do not keep others from asking", async () => {
  const answers: (() => void)[] = [];
  const peer = await httpPeer((_request, response) => void answers.push(() => response.end()));
  const { webhookEndpoint } = await add({ url: peer.url });
  const test = () => mutate("testWebhookEndpoint", { endpointId: webhookEndpoint.id }, "delivered");
  const tests = [test(), test(), test()];
  await until("three are under way", () => answers.length === 3);
  expect((await test()).error.extensions.code).toBe("PA005");
  for (const answer of answers) answer();
  expect(await Promise.all(tests)).toEqual([{ delivered: true }, { delivered: true }, { delivered: true }]);
});

describe("redeliverWebhooks", () => {
  it("posts one event again, or those of a time", async () => {
    const { webhookEndpoint } = await add({ events: ["chat.ended"] });
    const endpointId = webhookEndpoint.id;
    const since = new Date().toISOString();
    const eventId = await event();
    await event("chat.started");
    await event("chat.ended", 2);
    expect(await mutate("redeliverWebhooks", { endpointId, eventId }, "count")).toEqual({ count: 1 });
    expect(await mutate("redeliverWebhooks", { endpointId, since }, "count")).toEqual({ count: 0 });
    await db.pool.query("delete from outbound.deliveries");
    expect(await mutate("redeliverWebhooks", { endpointId, since }, "count")).toEqual({ count: 1 });
    const { error } = await mutate("redeliverWebhooks", {
      endpointId,
      eventId: await event("chat.ended", 2),
    });
    expect(error.extensions.code).toBe("PA066");
  });
});
