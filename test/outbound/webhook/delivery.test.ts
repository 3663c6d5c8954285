import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { withRawNumbers } from "../../../src/db/exact-json.ts";
import { createWebhookAdapter } from "../../../src/outbound/webhook/adapter.ts";
import { createSigningSecret } from "../../../src/outbound/webhook/signature.ts";
import { useHttpClient } from "../http/use-http-client.ts";
import { httpPeer } from "../peers/http-peer.ts";
import { deliverTo, delivery, SECRET } from "./deliver.ts";

it("an event arrives as Standard Webhooks says, and the reference library verifies it", async () => {
  const peer = await httpPeer((_request, response) => void response.writeHead(202).end("thanks"));
  expect(await deliverTo(`${peer.url}/hooks?team=1`)).toEqual({ status: 202, answer: "thanks" });
  const [request] = peer.received;
  expect(request).toMatchObject({
    method: "POST",
    path: "/hooks?team=1",
    headers: { "content-type": "application/json", "webhook-id": "7f3a9c21-42-7" },
  });
  expect(new Webhook(SECRET).verify(request!.body, request!.headers as Record<string, string>)).toEqual({
    id: 42,
    type: "chat.ended",
    timestamp: "2026-03-02T10:00:00.123Z",
    data: delivery.data,
  });
});

it("whoever changes the body, the id or the time, or has another secret, is found out", async () => {
  const peer = await httpPeer();
  await deliverTo(peer.url);
  const { body, headers } = peer.received[0]! as { body: string; headers: Record<string, string> };
  const webhook = new Webhook(SECRET);
  expect(() => webhook.verify(body.replace("42", "43"), headers)).toThrow("No matching signature");
  expect(() => webhook.verify(body, { ...headers, "webhook-id": "7f3a9c21-43-7" })).toThrow(
    "No matching signature",
  );
  const later = String(Number(headers["webhook-timestamp"]) + 1);
  expect(() => webhook.verify(body, { ...headers, "webhook-timestamp": later })).toThrow(
    "No matching signature",
  );
  expect(() => new Webhook(createSigningSecret()).verify(body, headers)).toThrow("No matching signature");
});

it("each attempt has the id of the delivery and a time of its own", async () => {
  const peer = await httpPeer();
  await deliverTo(peer.url, { delivery: { attempt: 1 } });
  await deliverTo(peer.url, { delivery: { attempt: 2 } });
  const [first, second] = peer.received.map(({ headers }) => headers as Record<string, string>);
  expect(second!["webhook-id"]).toBe(first!["webhook-id"]);
  const age = Date.now() / 1000 - Number(second!["webhook-timestamp"]);
  expect(age).toBeLessThan(10);
});

it("while the secret changes, both sign; later the new one alone", async () => {
  const peer = await httpPeer();
  const previous = createSigningSecret();
  const until = (ms: number) => new Date(Date.now() + ms).toISOString();
  await deliverTo(peer.url, { secrets: { previous: { secret: previous, until: until(60_000) } } });
  await deliverTo(peer.url, { secrets: { previous: { secret: previous, until: until(-1) } } });
  const verify = (secret: string, n: number) =>
    new Webhook(secret).verify(peer.received[n]!.body, peer.received[n]!.headers as Record<string, string>);
  expect(verify(SECRET, 0)).toEqual(verify(previous, 0));
  expect(verify(SECRET, 1)).toMatchObject({ id: 42 });
  expect(() => verify(previous, 1)).toThrow("No matching signature");
});

it("numbers of the event keep all their digits", async () => {
  const peer = await httpPeer();
  await deliverTo(peer.url, { delivery: { data: withRawNumbers({ A: 1 }) } });
  expect(peer.received[0]!.body).toContain('"data":{"A":1}');
});

it("extra headers are sent, those that are secret too", async () => {
  const peer = await httpPeer();
  await deliverTo(peer.url, {
    settings: { headers: { "X-Team": "support" } },
    secrets: { headers: { Authorization: "Bearer tell-nobody" } },
  });
  expect(peer.received[0]!.headers).toMatchObject({
    "x-team": "support",
    authorization: "Bearer tell-nobody",
  });
});

it.each([
  [307, "DestinationDown", "PA073"],
  [401, "DestinationDown", "PA072"],
  [410, "DestinationDown", "PA072"],
  [429, "DestinationDown", "PA070"],
  [503, "DestinationDown", "PA070"],
  [400, "CallFailed", "PA073"],
  [404, "CallFailed", "PA073"],
  [500, "CallFailed", "PA073"],
])("an endpoint that answers %i has not taken it: %s", async (status, name, code) => {
  const peer = await httpPeer(
    (_request, response) =>
      void response
        .writeHead(status, { "retry-after": "30", location: "https://elsewhere.example" })
        .end("no"),
  );
  await expect(deliverTo(peer.url)).rejects.toMatchObject({
    name,
    code,
    receipt: { status, answer: "no" },
    ...(status === 410 ? { gone: true } : {}),
    ...(status === 429 || status === 503 ? { retryAfterSeconds: 30 } : {}),
  });
});

it("what fails tells neither secrets nor the event", async () => {
  const peer = await httpPeer((_request, response) => void response.socket!.destroy());
  const failures = [peer.url, "http://127.0.0.1:1", "http://127.0.0.1:1/Bearer"].map((url) =>
    deliverTo(url, { secrets: { headers: { Authorization: "Bearer tell-nobody" } } }).catch((error) => error),
  );
  for (const failure of await Promise.all(failures)) {
    const told = JSON.stringify({
      ...failure,
      message: failure.message,
      cause: { ...failure.cause, message: failure.cause?.message },
    });
    expect(told).not.toMatch(/tell-nobody|whsec_|Зоя/);
    expect(told).not.toContain(SECRET.slice(6));
  }
});

it("is tried ten times within 76 hours, as the standard recommends", () => {
  const { retryAfterSeconds } = createWebhookAdapter(useHttpClient());
  expect(retryAfterSeconds).toEqual([5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]);
  expect(retryAfterSeconds.reduce((sum, seconds) => sum + seconds) / 3600).toBeCloseTo(75.6, 1);
});
