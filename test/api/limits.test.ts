import { getIntrospectionQuery } from "grafast/graphql";
import { beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../src/api/limits/limits.ts";
import { useDatabase } from "../setup/database.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { token, useApi } from "./use-api.ts";

const db = useDatabase();
const api = useApi(db);

let analyst: string;
beforeAll(async () => {
  await createTwoAccounts(db.pool);
  analyst = await token("analyst", 1);
});

const ask = (query: string, variables?: Record<string, unknown>) => api.query(analyst, query, variables);
const codeOf = async (query: string, variables?: Record<string, unknown>) =>
  (await ask(query, variables)).errors?.[0].extensions.code;

const repeat = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(" ");
const nested = (depth: number) => `${"{a".repeat(depth)}${"}".repeat(depth)}`;

describe("depth", () => {
  it(`${LIMITS.depth} levels are taken`, async () => {
    // The schema has no such fields: that is all that is wrong.
    expect(await codeOf(nested(10))).toBe("INVALID_QUERY");
    expect(await codeOf(nested(11))).toBe("TOO_DEEP");
  });

  it("counts what fragments put in", async () => {
    const chain = repeat(11, (n) => `fragment f${n} on Query { a { ...f${n + 1} } }`);
    expect(await codeOf(`{ ...f0 } ${chain} fragment f11 on Query { a }`)).toBe("TOO_DEEP");
    expect(await codeOf(`{ ${"... on Query { a {".repeat(11)} a ${"}}".repeat(11)} }`)).toBe("TOO_DEEP");
  });

  it("lets the introspection of tools through, and no deeper", async () => {
    expect(
      await ask(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true })),
    ).not.toHaveProperty("errors");
    expect(await codeOf(`{ __schema { types { ${"ofType {".repeat(20)} name ${"}".repeat(20)} } } }`)).toBe(
      "TOO_DEEP",
    );
    expect(
      await codeOf(
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
      ),
    ).toBe("INVALID_QUERY");
  });

  it("is not fooled by fragments that hold themselves", async () => {
    expect(await codeOf("{ ...f } fragment f on Query { a { ...f } }")).toBe("INVALID_QUERY");
    expect(await codeOf("{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }")).toBe(
      "INVALID_QUERY",
    );
  });

  it("holds where the parser itself would go down", async () => {
    expect(["TOO_DEEP", "TOO_LARGE"]).toContain(await codeOf("{a".repeat(9000)));
    expect(["TOO_DEEP", "TOO_LARGE", "SYNTAX_ERROR"]).toContain(
      await codeOf(`{ a(b: ${"[".repeat(15_000)}) }`),
    );
  });
});

describe("fields", () => {
  it(`${LIMITS.fields} are taken, aliases counted`, async () => {
    const agents = (count: number) =>
      `{ agents(first: 1) { nodes { ${repeat(count - 2, (n) => `a${n}: id`)} } } }`;
    expect(await codeOf(agents(300))).toBe(undefined);
    expect(await codeOf(agents(301))).toBe("TOO_LARGE");
  });

  it("counts a fragment wherever it is used", async () => {
    const doubling = repeat(25, (n) => `fragment f${n} on Agent { ...f${n + 1} ...f${n + 1} }`);
    expect(
      await codeOf(`{ agents(first: 1) { nodes { ...f0 } } } ${doubling} fragment f25 on Agent { id }`),
    ).toBe("TOO_LARGE");
  });

  it(`${LIMITS.rootFields} at the top are taken`, async () => {
    const top = (count: number) => `{ ${repeat(count, (n) => `a${n}: agents(first: 1) { totalCount }`)} }`;
    expect(await codeOf(top(20))).toBe(undefined);
    expect(await codeOf(top(21))).toBe("TOO_LARGE");
    expect(await codeOf(`{ ...f } fragment f on Query ${top(21)}`)).toBe("TOO_LARGE");
  });
});

describe("length", () => {
  it(`${LIMITS.documentLength} characters are taken`, async () => {
    const padded = (length: number) => "{__typename}".padEnd(length);
    expect(await codeOf(padded(20_000))).toBe(undefined);
    expect(await codeOf(padded(20_001))).toBe("TOO_LARGE");
  });

  it(`${LIMITS.documentTokens} tokens are taken`, async () => {
    expect(await codeOf(`{ __typename ${"@a ".repeat(3000)} }`)).toBe("TOO_LARGE");
  });
});

describe("pages", () => {
  const nodes = "{ nodes { id } }";

  it.each([
    ["first", `{ agents(first: 1000) ${nodes} }`],
    ["last", `{ agents(last: 1) ${nodes} }`],
    ["none", `{ agents(first: 0) ${nodes} }`],
    ["only the count", "{ agents { totalCount } }"],
    ["only whether there are more", "{ agents { pageInfo { hasNextPage } } }"],
    ["a default", `query($n: Int = 5) { agents(first: $n) ${nodes} }`],
  ])("are taken: %s", async (_what, query) => {
    expect(await codeOf(query)).toBe(undefined);
  });

  it.each([
    ["without a size", `{ agents ${nodes} }`],
    ["larger than 1,000", `{ agents(first: 1001) ${nodes} }`],
    ["larger than 1,000 from the end", `{ agents(last: 1001) ${nodes} }`],
    ["of a negative size", `{ agents(first: -1) ${nodes} }`],
    ["of both sizes, one too large", `{ agents(first: 1, last: 5000) ${nodes} }`],
    ["of no size", `{ agents(first: null) ${nodes} }`],
    ["by edges", "{ agents { edges { node { id } } } }"],
    ["under an alias", `{ agents(first: 1) ${nodes} more: agents ${nodes} }`],
    ["in a fragment", `{ ...f } fragment f on Query { agents ${nodes} }`],
    ["whose rows are in a fragment", "{ agents { ...f } } fragment f on AgentConnection { nodes { id } }"],
    ["whose rows are in an inline fragment", "{ agents { ... on AgentConnection { nodes { id } } } }"],
    ["with too large a default", `query($n: Int = 5000) { agents(first: $n) ${nodes} }`],
    ["in the operation that is not the first", `query A { __typename } query B { agents ${nodes} }`],
  ])("are refused: %s", async (_what, query) => {
    const answer = await api.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: `Bearer ${analyst}`, "content-type": "application/json" },
      payload: { query, ...(query.includes("query B") ? { operationName: "B" } : {}) },
    });
    expect(answer.json().errors).toMatchObject([
      { message: expect.stringContaining("from 0 to 1000"), extensions: { code: "PAGE_TOO_LARGE" } },
    ]);
  });

  it.each([
    [1, undefined],
    [1000, undefined],
    [1001, "PAGE_TOO_LARGE"],
    [-1, "PAGE_TOO_LARGE"],
    [null, "PAGE_TOO_LARGE"],
    ["5", "PAGE_TOO_LARGE"],
  ])("a variable counts as it is: %s", async (n, code) => {
    // The document is the same each time, and remembered.
    expect(await codeOf(`query($n: Int) { agents(first: $n) ${nodes} }`, { n })).toBe(code);
  });
});

describe("variables", () => {
  const filtered = "query($f: AgentFilter) { agents(first: 1, filter: $f) { nodes { id } } }";
  const either = (count: number) => ({
    f: { or: Array.from({ length: count }, (_, n) => ({ id: { equalTo: n } })) },
  });
  const negated = (depth: number): object =>
    depth === 0 ? { id: { equalTo: 1 } } : { not: negated(depth - 1) };

  it(`${LIMITS.values} values are taken`, async () => {
    expect(await codeOf(filtered, either(3000))).toBe(undefined);
    expect(await codeOf(filtered, either(3400))).toBe("TOO_LARGE");
  });

  it("are counted where they are given one by one", async () => {
    const query = "mutation($e: [EventInput!]!) { putEvents(input: { events: $e }) { eventIds } }";
    const answer = await api.query(await token("producer", 1), query, {
      e: Array(20_000).fill({ name: "x", data: {} }),
    });
    expect(answer.errors[0].extensions.code).toBe("TOO_LARGE");
  });

  it(`${LIMITS.valueDepth} levels are taken`, async () => {
    expect(await codeOf(filtered, { f: negated(27) })).toBe(undefined);
    expect(await codeOf(filtered, { f: negated(3000) })).toBe("TOO_DEEP");
  });

  it("a document is one value, and not nested without end", async () => {
    const put = 'mutation($d: JSON!) { putEvent(input: { name: "ban.added", data: $d }) { eventId } }';
    const producer = await token("producer", 1);
    expect(
      await api.query(producer, put, { d: { numbers: Array.from({ length: 20_000 }, (_, n) => n) } }),
    ).not.toHaveProperty("errors");
    const answer = await api.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: `Bearer ${producer}`, "content-type": "application/json" },
      payload: `{"query":${JSON.stringify(put)},"variables":{"d":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}}`,
    });
    expect(answer.json().errors[0].extensions.code).toBe("TOO_DEEP");
  });
});

it("the time of a statement is limited: TIMEOUT, and the database has stopped", async () => {
  await db.pool.query(`
    create function api.slow() returns boolean language sql stable as $$ select pg_sleep(60) is not null $$;
    grant execute on function api.slow() to parley_analyst`);
  const { createApi } = await import("../../src/api/api.ts");
  const { createLog } = await import("../../src/log.ts");
  const { SECRET } = await import("./use-api.ts");
  const slow = createApi({ url: db.url, log: createLog("silent"), keys: { secret: SECRET } });
  try {
    const claims = { role: "analyst", account: 1, timeZone: undefined } as const;
    const execute = await slow.execute();
    const result = await execute({
      parameters: {
        query: "{ slow }",
        operationName: undefined,
        variables: undefined,
        extensions: undefined,
      },
      claims,
      settings: await slow.settingsOf(claims, 100),
      mayMutate: true,
    });
    const { publicError } = await import("../../src/api/public-error.ts");
    expect(publicError(result.errors![0], "analyst")).toMatchObject({ code: "TIMEOUT" });
    const { rows } = await db.pool.query(
      "select from pg_stat_activity where query like '%api\".\"slow%' and state = 'active' and pid <> pg_backend_pid()",
    );
    expect(rows).toEqual([]);
  } finally {
    await slow.stop();
  }
});
