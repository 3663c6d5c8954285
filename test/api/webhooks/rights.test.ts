import { beforeAll, describe, expect, it } from "vitest";
import { useLogin } from "../../broker/roles/login.ts";
import { useDatabase } from "../../setup/database.ts";
import { token } from "../use-api.ts";
import { useWebhooks } from "./use-webhooks.ts";

const db = useDatabase();
const { api, mutate, add } = useWebhooks(db);

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
