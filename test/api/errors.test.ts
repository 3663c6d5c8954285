import { describe, expect, it } from "vitest";
import { publicError } from "../../src/api/public-error.ts";
import { useDatabase } from "../setup/database.ts";
import { token, useApi } from "./use-api.ts";

const db = useDatabase();
const api = useApi(db);

describe("what the database says", () => {
  it.each([
    ["57014", "TIMEOUT"],
    ["42501", "FORBIDDEN"],
    ["25006", "FORBIDDEN"],
    ["22P02", "BAD_USER_INPUT"],
    ["22023", "BAD_USER_INPUT"],
    ["23514", "BAD_USER_INPUT"],
    ["23503", "BAD_USER_INPUT"],
    ["40P01", "BUSY"],
    ["53300", "BUSY"],
    ["57P01", "BUSY"],
    ["ECONNREFUSED", "BUSY"],
    ["54001", "TOO_LARGE"],
    ["22012", undefined],
    ["42P01", undefined],
    ["XX000", undefined],
    ["P0001", undefined],
  ])("%s is %s, without its words", (code, shown) => {
    const secret = "tell-nobody";
    const error = Object.assign(new Error(`relation ${secret}`), {
      code,
      detail: secret,
      hint: secret,
      constraint: "a_rule",
    });
    const told = publicError(error, "analyst");
    expect(told?.code).toBe(shown);
    expect(JSON.stringify(told ?? {})).not.toContain(secret);
  });

  it.each([
    "Connection terminated unexpectedly",
    "Client has encountered a connection error and is not queryable",
    "Client was closed and is not queryable",
  ])("%s, as pg says without any code, is BUSY", (message) => {
    expect(publicError(new Error(message), "analyst")?.code).toBe("BUSY");
  });

  it("our own errors keep their code, message and hint", () => {
    const error = Object.assign(new Error("unknown event"), { code: "PA001", hint: "Look it up." });
    expect(publicError(error, "producer")).toEqual({
      code: "PA001",
      message: "unknown event",
      hint: "Look it up.",
    });
  });

  it("a code of a catalogue to come is a failure of ours", () => {
    expect(publicError(Object.assign(new Error("x"), { code: "PA999" }), "analyst")).toBe(undefined);
  });
});

it("what nobody thought of is INTERNAL: its text is in the log, under the id that is shown", async () => {
  await db.pool.query(`
    create function api.broken() returns integer language plpgsql stable as $$
    begin raise exception 'Ann''s address is ann@example.com' using detail = 'Failing row contains (ann@example.com)'; end $$;
    grant execute on function api.broken() to parley_analyst`);
  const answer = await api.query(await token("analyst", 1), "{ broken __typename }");
  const { requestId } = answer.errors[0].extensions;
  expect(answer).toEqual({
    data: { broken: null, __typename: "Query" },
    errors: [
      {
        message: "internal error; the server's log knows it by the requestId",
        path: ["broken"],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: "INTERNAL", requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      },
    ],
  });
  const line = api.logged.find((one) => one.requestId === requestId);
  expect(line).toMatchObject({ level: 50, err: { code: "P0001" } });
  // The detail may be a whole row.
  expect(JSON.stringify(line)).not.toContain("Failing row");
});

it("a failed field leaves the others their answer", async () => {
  const producer = await token("producer", 1);
  const answer = await api.query(
    producer,
    `mutation { a: resolveConversation(input: { conversationId: 1 }) { clientMutationId }
      b: putEvent(input: { name: "ban.added", data: {} }) { eventId } }`,
  );
  expect(answer).toMatchObject({
    data: { a: null, b: { eventId: expect.any(String) } },
    errors: [{ path: ["a"], message: "there is no conversation 1", extensions: { code: "PA030" } }],
  });
});

it("a wrong query is told what is wrong with it, where", async () => {
  expect(await api.query(await token("analyst", 1), "{ agent(id: 1) { nmae } }")).toEqual({
    errors: [
      {
        message: 'Cannot query field "nmae" on type "Agent". Did you mean "name"?',
        locations: [{ line: 1, column: 18 }],
        extensions: { code: "INVALID_QUERY" },
      },
    ],
  });
});

it("a lost connection is BUSY, and the next request has another", async () => {
  const analyst = await token("analyst", 1);
  const ask = () => api.query(analyst, "{ accounts(first: 1) { totalCount } }");
  expect(await ask()).not.toHaveProperty("errors");
  await db.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'parley api' and datname = current_database()",
  );
  const answers = [await ask(), await ask()];
  for (const { errors = [] } of answers) {
    for (const error of errors) expect(error.extensions.code).toBe("BUSY");
  }
  expect(await ask()).not.toHaveProperty("errors");
});

it.each([
  ["a cursor that is none", '{ agents(first: 1, after: "nonsense") { nodes { id } } }'],
  ["a cursor of another order", `{ agents(first: 1, after: "${btoa('["other","1"]')}") { nodes { id } } }`],
  ["a filter that says nothing", "{ agents(first: 1, filter: { id: {} }) { nodes { id } } }"],
  ["a filter that is null", "{ agents(first: 1, filter: { id: null }) { nodes { id } } }"],
])("%s is the client's mistake: not logged", async (_what, query) => {
  const logged = api.logged.length;
  const answer = await api.query(await token("analyst", 1), query);
  expect(answer.errors[0].extensions.code).toBe("BAD_USER_INPUT");
  expect(api.logged).toHaveLength(logged);
});
