import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createHttpClient } from "../../src/outbound/http/client.ts";
import { Sealing } from "../../src/outbound/sealing.ts";
import { createWebhookAdapter } from "../../src/outbound/webhook/adapter.ts";
import { createWebhookManagement } from "../../src/outbound/webhook/management.ts";
import type { WebhookSecrets } from "../../src/outbound/webhook/settings.ts";
import { useLogin } from "../broker/roles/login.ts";
import { value } from "../broker/test-queue.ts";
import { LOOPBACK } from "../outbound/http/use-http-client.ts";
import { httpPeer } from "../outbound/peers/http-peer.ts";
import { useDatabase } from "../setup/database.ts";
import { until } from "../setup/until.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { token, useApi } from "./use-api.ts";

const db = useDatabase();
const sealing = new Sealing(randomBytes(32).toString("base64"));
const adapter = createWebhookAdapter(createHttpClient({ privateAddresses: LOOPBACK }));
const api = useApi(db, { webhooks: createWebhookManagement(adapter, sealing) });

let administrator: string;
beforeAll(async () => {
  await createTwoAccounts(db.pool);
  administrator = await token("administrator", 1);
});
beforeEach(() => db.pool.query("delete from outbound.destinations"));

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

const ENDPOINT = "webhookEndpoint { id name url headers events concurrency ratePerSecond enabled state }";

const add = (input: Record<string, unknown> = {}, as = administrator) =>
  mutate(
    "addWebhookEndpoint",
    { name: "CRM", url: "https://hooks.example/a", ...input },
    `secret ${ENDPOINT}`,
    as,
  );

const secretsOf = async (id: number): Promise<WebhookSecrets> =>
  sealing.open(await value(db.pool, "select secrets from outbound.destinations where id = $1", [id]), {
    id,
    accountId: 1,
  }) as WebhookSecrets;

const event = async (name = "chat.ended", siteId = 1) =>
  Number(
    await value(db.pool, "select broker.put_event($1, jsonb_build_object('SiteId', $2::int))", [
      name,
      siteId,
    ]),
  );

describe("addWebhookEndpoint", () => {
  it("makes a secret, shows it once, and seals it", async () => {
    const { secret, webhookEndpoint } = await add({
      headers: { "X-Team": "support" },
      events: ["chat.ended"],
    });
    expect(webhookEndpoint).toEqual({
      id: expect.any(Number),
      name: "CRM",
      url: "https://hooks.example/a",
      headers: { "X-Team": "support" },
      events: ["chat.ended"],
      concurrency: 10,
      ratePerSecond: null,
      enabled: true,
      state: "works",
    });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await secretsOf(webhookEndpoint.id)).toEqual({ secret });
    const rows = JSON.stringify((await db.pool.query("select * from outbound.destinations")).rows);
    expect(rows).not.toContain(secret.slice(6));
  });

  it("takes a secret that receivers have already, and secret headers that nobody is shown", async () => {
    const given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const secretHeaders = { Authorization: "Bearer tell-nobody" };
    const { secret, webhookEndpoint } = await add({ secret: given, secretHeaders });
    expect(secret).toBe(given);
    expect(await secretsOf(webhookEndpoint.id)).toEqual({ secret, headers: secretHeaders });
    expect(JSON.stringify([webhookEndpoint, api.logged])).not.toContain("tell-nobody");
  });

  it("shows no value of a header whose name tells of a secret", async () => {
    const { webhookEndpoint } = await add({
      headers: { "X-Team": "support", "X-Auth-Token": "tell-nobody" },
    });
    expect(webhookEndpoint.headers).toEqual({ "X-Team": "support", "X-Auth-Token": null });
  });

  it("refuses more than the account may have", async () => {
    await db.pool.query("update outbound.settings set destinations_per_account = 1");
    onTestFinished(
      async () =>
        void (await db.pool.query("update outbound.settings set destinations_per_account = default")),
    );
    await add();
    expect((await add({ name: "another" })).error).toMatchObject({
      message: "account 1 has 1 destinations, and may have no more",
      extensions: { code: "PA069" },
    });
  });

  it.each([
    ["a URL of another kind", { url: "ftp://hooks.example" }, "PA074", "url must begin with"],
    ["a URL that is none", { url: "tell-nobody" }, "PA074", "url is no URL"],
    ["a private address", { url: "https://10.0.0.1/" }, "PA074", "url must not be at a private"],
    [
      "a header that breaks the request",
      { headers: { "X-A": "b\r\nHost: c" } },
      "PA074",
      "headers.X-A must be",
    ],
    ["a reserved header", { headers: { "Webhook-Id": "1" } }, "PA074", "headers.Webhook-Id"],
    ["a secret among what is shown", { headers: { Authorization: "tell-nobody" } }, "PA074", "secrets"],
    ["a weak secret", { secret: "whsec_dGVsbC1ub2JvZHk=" }, "PA074", "secret must be of 24 to 64 bytes"],
    ["an unknown event", { events: ["chat.eaten"] }, "PA001", "unknown event"],
    ["no concurrency", { concurrency: 0 }, "BAD_USER_INPUT", "concurrency 1 to 100"],
    ["a rate without end", { ratePerSecond: 10_001 }, "BAD_USER_INPUT", "rate"],
    ["no name", { name: "" }, "BAD_USER_INPUT", "destination name not empty"],
  ])("refuses %s", async (_what, input, code, message) => {
    const { error } = await add(input);
    expect(error).toMatchObject({ message: expect.stringContaining(message), extensions: { code } });
    expect(JSON.stringify([error, api.logged])).not.toContain("tell-nobody");
  });

  it("refuses a name that another endpoint of the account has", async () => {
    await add();
    expect((await add()).error).toMatchObject({ message: "a value is in use already" });
    expect(await add({}, await token("administrator", 2))).toHaveProperty("secret");
  });
});

describe("changeWebhookEndpoint", () => {
  const change = (input: object) => mutate("changeWebhookEndpoint", { ...input }, ENDPOINT);

  it("changes what is given, and leaves the rest", async () => {
    const secretHeaders = { Authorization: "Bearer a" };
    const { secret, webhookEndpoint } = await add({
      events: ["chat.ended"],
      ratePerSecond: 5,
      secretHeaders,
    });
    const endpointId = webhookEndpoint.id;
    expect(await change({ endpointId, url: "https://hooks.example/b" })).toEqual({
      webhookEndpoint: { ...webhookEndpoint, url: "https://hooks.example/b" },
    });
    expect(await secretsOf(endpointId)).toEqual({ secret, headers: secretHeaders });
    await change({ endpointId, events: null, ratePerSecond: null, secretHeaders: null, concurrency: 3 });
    expect(await change({ endpointId, headers: { "X-Team": "a" } })).toMatchObject({
      webhookEndpoint: { events: null, ratePerSecond: null, concurrency: 3, headers: { "X-Team": "a" } },
    });
    expect(await secretsOf(endpointId)).toEqual({ secret });
  });

  it("is not mixed with what somebody else changed at the same time", async () => {
    const { webhookEndpoint } = await add();
    const endpointId = webhookEndpoint.id;
    const changes = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        change({ endpointId, name: `name ${n}`, headers: { "X-N": `${n}` } }),
      ),
    );
    const done = changes.filter(({ error }) => error === undefined);
    expect(done.length).toBeGreaterThan(0);
    for (const { error } of changes) if (error) expect(error.extensions.code).toBe("PA005");
    const { data } = await api.query(
      administrator,
      "{ webhookEndpoints(first: 9) { nodes { name headers } } }",
    );
    const [{ name, headers }] = data.webhookEndpoints.nodes;
    expect(name).toBe(`name ${headers["X-N"]}`);
  });
});

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

describe("enableWebhookEndpoint and disableWebhookEndpoint", () => {
  it("switch an endpoint off and on, also one that was switched off because it kept failing", async () => {
    const { webhookEndpoint } = await add();
    const endpointId = webhookEndpoint.id;
    const state = async (field: string) => (await mutate(field, { endpointId }, ENDPOINT)).webhookEndpoint;
    expect(await state("disableWebhookEndpoint")).toMatchObject({ enabled: false, state: "disabled" });
    await db.pool.query(
      "update outbound.destinations set switched_off_at = now(), failing_since = now(), error = 'gone' where id = $1",
      [endpointId],
    );
    expect(await state("enableWebhookEndpoint")).toMatchObject({ enabled: true, state: "works" });
  });
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
    const page = readFileSync(new URL("../../docs/consumers/webhook.md", import.meta.url), "utf8");
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

describe("of other accounts, and other roles", () => {
  const ON_ENDPOINT: Record<string, object> = {
    changeWebhookEndpoint: { name: "mine" },
    rotateWebhookSecret: {},
    testWebhookEndpoint: {},
    enableWebhookEndpoint: {},
    disableWebhookEndpoint: {},
    removeWebhookEndpoint: {},
    redeliverWebhooks: { eventId: 1 },
  };
  const state = async () => (await db.pool.query("select * from outbound.destinations order by id")).rows;

  it.each(Object.entries(ON_ENDPOINT))(
    "%s answers as if there were no such endpoint",
    async (field, input) => {
      const { webhookEndpoint } = await add();
      const before = await state();
      const other = await token("administrator", 2);
      const foreign = await mutate(field, { endpointId: webhookEndpoint.id, ...input }, undefined, other);
      const missing = await mutate(field, { endpointId: 999_999, ...input }, undefined, other);
      expect(foreign.error.extensions.code).toBe("PA063");
      expect(JSON.stringify(foreign).replace(` ${webhookEndpoint.id}"`, ' 999999"')).toBe(
        JSON.stringify(missing),
      );
      expect(await state()).toEqual(before);
    },
  );

  it("endpoints and attempts are listed of the own account alone", async () => {
    await add();
    const query = "{ webhookEndpoints(first: 9) { totalCount } webhookAttempts(first: 9) { totalCount } }";
    const { data } = await api.query(await token("administrator", 2), query);
    expect(data).toEqual({ webhookEndpoints: { totalCount: 0 }, webhookAttempts: { totalCount: 0 } });
  });

  it.each(["analyst", "producer"] as const)(
    "tokens of the role %s are refused, and told which role may",
    async (role) => {
      const { webhookEndpoint } = await add();
      const before = await state();
      const as = await token(role, 1);
      for (const [field, input] of Object.entries(ON_ENDPOINT)) {
        const { error } = await mutate(field, { endpointId: webhookEndpoint.id, ...input }, undefined, as);
        expect(error, field).toEqual({
          message: "mutations need a token of the role administrator",
          extensions: { code: "FORBIDDEN" },
        });
      }
      expect((await add({ name: "another" }, as)).error.extensions.code).toBe("FORBIDDEN");
      for (const list of ["webhookEndpoints", "webhookAttempts"]) {
        const { errors } = await api.query(as, `{ ${list}(first: 1) { nodes { id } } }`);
        expect(errors[0].message, list).toBe("this needs a token of the role administrator");
      }
      expect(await state()).toEqual(before);
    },
  );

  it("mutations that hide behind others, or in fragments, are refused by the database", async () => {
    const { webhookEndpoint } = await add();
    const before = await state();
    const producer = await token("producer", 1);
    const remove = `removeWebhookEndpoint(input: { endpointId: ${webhookEndpoint.id} }) { endpointId }`;
    const test = `testWebhookEndpoint(input: { endpointId: ${webhookEndpoint.id} }) { status }`;
    for (const query of [
      `mutation { putEvent(input: { name: "ban.added", data: {} }) { eventId } ${remove} ${test} }`,
      `mutation { ...on Mutation { ${remove} ${test} } }`,
    ]) {
      const { errors } = await api.query(producer, query);
      expect(errors.map(({ message }: { message: string }) => message)).toEqual([
        "this needs a token of the role administrator",
        "this needs a token of the role administrator",
      ]);
    }
    expect(await state()).toEqual(before);
  });

  it("an administrator puts no events and moves no conversations", async () => {
    expect((await mutate("putEvent", { name: "ban.added", data: {} })).error).toEqual({
      message: "mutations need a token of the role producer",
      extensions: { code: "FORBIDDEN" },
    });
  });

  it("the token of an administrator must name an account", async () => {
    const { errors } = await api.query(
      await token("administrator"),
      "{ webhookEndpoints(first: 1) { totalCount } }",
    );
    expect(errors[0].message).toBe("the token of an administrator must name an account");
  });
});

describe("by SQL", () => {
  const login = useLogin(db, "parley_administrator");
  const analyst = useLogin(db, "parley_analyst");
  beforeAll(() =>
    db.pool.query("insert into stats.analysts (role_name, account_id) values ($1, 2), ($2, 2)", [
      new URL(login.url).username,
      new URL(analyst.url).username,
    ]),
  );

  it("an administrator sees and switches the endpoints of its account, and no other", async () => {
    const { webhookEndpoint: other } = await add();
    const { webhookEndpoint: own } = await add({}, await token("administrator", 2));
    const session = await login.connect();
    await session.query("set parley.account_id = '1'");
    expect((await session.query("select id from api.webhook_endpoints")).rows).toEqual([]);
    await session.query("reset parley.account_id");
    expect((await session.query("select id from api.webhook_endpoints")).rows).toEqual([{ id: own.id }]);
    await session.query("select api.disable_webhook_endpoint($1)", [own.id]);
    await expect(session.query("select api.disable_webhook_endpoint($1)", [other.id])).rejects.toMatchObject({
      code: "PA063",
    });
    await expect(session.query("select secrets from outbound.destinations")).rejects.toMatchObject({
      code: "42501",
    });
    await expect(session.query("select broker.put_event('ban.added', '{}')")).rejects.toMatchObject({
      code: "42501",
    });
  });

  it("an analyst has none of it", async () => {
    const session = await analyst.connect();
    for (const statement of [
      "select from api.webhook_endpoints",
      "select from api.webhook_attempts",
      "select api._webhook_endpoint(1)",
      "select api.remove_webhook_endpoint(1)",
      "select secrets from outbound.destinations",
      "select settings from outbound.destinations",
    ]) {
      await expect(session.query(statement), statement).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("secrets that are not sealed are refused, whoever brings them", async () => {
    const session = await login.connect();
    await expect(
      session.query("select api._add_webhook_endpoint(7, 'a', '{}', 'whsec_tell-nobody', null, null, null)"),
    ).rejects.toMatchObject({ code: "PA061", message: expect.not.stringContaining("tell-nobody") });
  });
});

describe("without a key to seal with", () => {
  const unsealing = useApi(db);

  it("endpoints can be seen and switched, but not added", async () => {
    const { webhookEndpoint } = await add();
    const { data } = await unsealing.query(administrator, "{ webhookEndpoints(first: 1) { totalCount } }");
    expect(data.webhookEndpoints.totalCount).toBe(1);
    const { errors } = await unsealing.query(
      administrator,
      `mutation { addWebhookEndpoint(input: { name: "a", url: "https://hooks.example" }) { secret }
        disableWebhookEndpoint(input: { endpointId: ${webhookEndpoint.id} }) { webhookEndpoint { enabled } } }`,
    );
    expect(errors).toMatchObject([
      { extensions: { code: "NOT_CONFIGURED" }, message: expect.stringContaining("PARLEY_SECRETS_KEY") },
    ]);
  });
});

it("nothing that was logged meanwhile is a secret", () => {
  expect(JSON.stringify(api.logged)).not.toMatch(/whsec_|tell-nobody/);
});
