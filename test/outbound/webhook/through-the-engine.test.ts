import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { type SealedFor, Sealing } from "../../../src/outbound/sealing.ts";
import { createWebhookAdapter } from "../../../src/outbound/webhook/adapter.ts";
import { createSigningSecret } from "../../../src/outbound/webhook/signature.ts";
import { KEY, useEngine } from "../engine/use-engine.ts";
import { useHttpClient } from "../http/use-http-client.ts";
import { httpPeer } from "../peers/http-peer.ts";

const engine = useEngine();
const secret = createSigningSecret();
const secrets = (row: SealedFor) => new Sealing(KEY).seal({ secret }, row);
const work = () => engine.drain({ adapter: createWebhookAdapter(useHttpClient()) as never });

it("an event that was put arrives, signed, in order, and what was answered is logged", async () => {
  const peer = await httpPeer((_request, response) => void response.end("thanks"));
  const id = await engine.destination({ url: peer.url, secrets });
  const events = await engine.put(3, { keyOf: () => "one chat" });
  await work();
  const received = peer.received.map(({ body, headers }) =>
    new Webhook(secret).verify(body, headers as Record<string, string>),
  );
  expect(received).toEqual(
    events.map((event) => ({
      id: event,
      type: expect.any(String),
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: expect.objectContaining({ SiteId: 1 }),
    })),
  );
  expect(new Set(peer.received.map(({ headers }) => headers["webhook-id"])).size).toBe(3);
  const { rows } = await engine.pool.query(
    "select outcome, status, answer from outbound.attempts where destination_id = $1",
    [id],
  );
  expect(rows).toEqual(events.map(() => ({ outcome: "delivered", status: 200, answer: null })));
});

it("an endpoint whose URL was corrected meanwhile is not switched off because the old one is gone", async () => {
  const newer = await httpPeer((_request, response) => void response.writeHead(200).end());
  const old = await httpPeer(async (_request, response) => {
    await engine.pool.query("update outbound.destinations set settings = $1 where id = $2", [
      { url: newer.url },
      id,
    ]);
    response.writeHead(410).end();
  });
  const id: number = await engine.destination({ url: old.url, secrets });
  await engine.put(1);
  await work();
  expect(old.received).toHaveLength(1);
  await work();
  expect(newer.received).toHaveLength(1);
  expect(
    await engine.one("select enabled, switched_off_at, error from outbound.destinations where id = $1", [id]),
  ).toEqual({ enabled: true, switched_off_at: null, error: null });
});

it("an endpoint that says it is gone is switched off at once, and gets what waited when it is switched on again", async () => {
  let status = 410;
  const peer = await httpPeer((_request, response) => void response.writeHead(status).end());
  const id = await engine.destination({ url: peer.url, secrets });
  await engine.put(3, { keyOf: () => "one chat" });
  await work();
  expect(peer.received).toHaveLength(1);
  expect(
    await engine.one("select enabled, error_code, error from outbound.destinations where id = $1", [id]),
  ).toEqual({ enabled: false, error_code: "PA072", error: "says that it is gone for good (410)" });
  expect(
    await engine.one(
      "select data ->> 'Code' as code, (data ->> 'DestinationId')::int as id from broker.events where name = 'Error'",
    ),
  ).toEqual({ code: "PA067", id });

  status = 200;
  await engine.pool.query("update outbound.destinations set enabled = true where id = $1", [id]);
  await work();
  expect(peer.received).toHaveLength(4);
  await engine.untilDelivered();
});

it("settings that SQL wrote wrongly are named, without a value", async () => {
  const id = await engine.destination({ settings: { url: "http://tell-nobody.example" }, secrets });
  await engine.put(1);
  await work();
  const { misconfigured } = await engine.one<{ misconfigured: string }>(
    "select misconfigured from outbound.destinations where id = $1",
    [id],
  );
  expect(misconfigured ?? "").not.toContain("tell-nobody");
});
