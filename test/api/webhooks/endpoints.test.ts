import { describe, expect, it, onTestFinished } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { token, useApi } from "../use-api.ts";
import { administrator, ENDPOINT, useWebhooks } from "./use-webhooks.ts";

const db = useDatabase();
const { api, mutate, add, secretsOf } = useWebhooks(db);

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
