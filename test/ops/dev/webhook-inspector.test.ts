import { randomBytes } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { createLog } from "../../../src/log.ts";
import { buildHttp } from "../../../src/ops/http.ts";
import { createMetrics } from "../../../src/ops/metrics.ts";
import { Sealing } from "../../../src/outbound/sealing.ts";
import { createSigningSecret, signedHeaders } from "../../../src/outbound/webhook/signature.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { insertDestination } from "../../outbound/insert-destination.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
const sealing = new Sealing(randomBytes(32).toString("base64"));
const secret = createSigningSecret();

function build({ isDevelopment = true } = {}) {
  return buildHttp({
    pool: db.pool,
    metrics: createMetrics(db.pool),
    log: createLog("silent"),
    isReady: () => ({ ready: true }),
    ...(isDevelopment ? { inspector: { sealing: () => sealing } } : {}),
  });
}

beforeAll(async () => {
  await createFirstAccount(db.pool);
  await insertDestination(db.pool, sealing, {
    account: 1,
    kind: "webhook",
    name: "Mine",
    settings: { url: "http://127.0.0.1:5678/dev/webhooks/mine?answer=200" },
    secrets: { secret },
  });
});

const BODY = JSON.stringify({ id: 7, type: "chat.ended", data: { Name: "<script>alert(1)</script>" } });
const post = (app: ReturnType<typeof build>, url: string, signedWith = secret) =>
  app.inject({
    method: "POST",
    url,
    headers: {
      "content-type": "application/json",
      host: "127.0.0.1",
      ...signedHeaders("dl_1", BODY, [signedWith]),
    },
    payload: BODY,
  });
const look = async (app: ReturnType<typeof build>) =>
  app.inject({ url: "/dev/webhooks", headers: { host: "127.0.0.1" } });

it("shows what was posted, and whether its signature is right", async () => {
  const app = build();
  expect((await look(app)).body).toContain("Nothing yet");
  expect((await post(app, "/dev/webhooks/mine")).statusCode).toBe(200);
  const { body } = await look(app);
  expect(body).toContain("signature verified: Mine");
  expect(body).toContain("<b>chat.ended</b>");
  expect(body).not.toContain("<script>");
  expect(body).not.toContain(secret.slice(6));
  await post(app, "/dev/webhooks/mine", createSigningSecret());
  expect((await look(app)).body).toContain("signature wrong or missing");
  await post(app, "/dev/webhooks/other");
  expect((await look(app)).body).toContain("of no endpoint that is set up");
});

it("answers what it is asked to", async () => {
  expect((await post(build(), "/dev/webhooks/mine?answer=503")).statusCode).toBe(503);
});

it("is for this machine, by no other name", async () => {
  const app = build();
  const headers = { host: "evil.example" };
  expect((await app.inject({ url: "/dev/webhooks", headers })).statusCode).toBe(404);
  expect((await app.inject({ url: "/dev/webhooks", remoteAddress: "192.0.2.1" })).statusCode).toBe(404);
});

it("is not there with a server of one's own", async () => {
  expect((await look(build({ isDevelopment: false }))).statusCode).toBe(404);
});
