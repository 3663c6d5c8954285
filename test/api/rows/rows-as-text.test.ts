import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  parse,
  print,
} from "grafast/graphql";
import pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import type { Claims } from "../../../src/api/auth/claims.ts";
import { createExecute } from "../../../src/api/execute.ts";
import { askForText } from "../../../src/api/rows/ask-for-text.ts";
import { buildSchema } from "../../../src/api/schema/build.ts";
import { useDatabase } from "../../setup/database.ts";
import { createTwoAccounts } from "../two-accounts.ts";
import { token, useApi } from "../use-api.ts";

const db = useDatabase();
const api = useApi(db);

/** A name that JSON has to escape. */
const NAME = 'Ann "the \\ one",\nof Zürich 🙂';
const DAY = 'since: "2026-03-02T00:00Z", until: "2026-03-03T00:00Z"';

let analyst: string;
/** Who sees every connection. */
let administrator: string;
let schema: GraphQLSchema;
beforeAll(async () => {
  await createTwoAccounts(db.pool);
  await db.pool.query("update chat.users set name = $1 where account_id = 1 and id = 1", [NAME]);
  await db.pool.query("select chat.open_ticket(1, 'A ticket')");
  [analyst, administrator] = await Promise.all([token("analyst", 1), token("administrator", 1)]);
  ({ schema } = await buildSchema(db.pool));
});

const executed = (query: string) => print(askForText(schema, parse(query)));
const isText = (query: string) => executed(query).includes("nodes as text");

describe("whoever asks cannot tell", () => {
  /** What is needed to ask for each connection, of those that need something. */
  const ARGUMENTS: Record<string, string> = {
    concurrency: DAY,
    dialogsBehind: "metric: dialogs_started",
    histogram: "metric: first_response",
    heatmap: "metric: dialogs_started",
    percentiles: "metric: first_response",
    presences: DAY,
    reopening: "within: { days: 7 }",
    serviceLevel: "withinS: 60",
  };

  it("every connection answers the same, field by field and as text", async () => {
    const rows: Record<string, number> = {};
    const fieldByField = new Set<string>();
    for (const [name, { type }] of Object.entries(schema.getQueryType()!.getFields())) {
      const connection = getNamedType(type);
      if (!isObjectType(connection) || !connection.getFields().nodes) continue;
      const node = getNamedType(connection.getFields().nodes!.type) as GraphQLObjectType;
      const columns = Object.values(node.getFields()).flatMap((field) =>
        isLeafType(getNamedType(field.type)) && field.args.length === 0 ? [field.name] : [],
      );
      const ask = (directive: string, some = columns) =>
        `{ ${name}(first: 1000, ${ARGUMENTS[name] ?? ""}) { nodes { __typename ${directive} ${some.join(" ")} } } }`;
      const plain = columns.filter((column) => isText(ask("", [column])));
      for (const column of columns)
        if (!plain.includes(column)) fieldByField.add(String(getNamedType(node.getFields()[column]!.type)));
      const [fields, text] = [ask("@include(if: true)", plain), ask("", plain)];
      expect([name, isText(fields), isText(text)]).toEqual([name, false, true]);
      const answer = await api.query(administrator, text);
      expect(answer).toEqual(await api.query(administrator, fields));
      rows[name] = answer.data[name].nodes.length;
    }
    // Documents, lists of texts, and enums, whose names are GraphQL's.
    expect([...fieldByField].sort()).toEqual([
      "JSON",
      "String",
      "TicketAuthor",
      "TicketPriority",
      "TicketStatus",
    ]);
    expect(rows).toMatchObject({ report: 1, agents: 3, tickets: 1, heatmap: 168 });
  });

  it("keys, their order, fragments and other fields are as they were asked for", async () => {
    const query = `
      query { who: agents(first: 1, orderBy: ID_ASC) { totalCount people: nodes { ...A nr: id } pageInfo { hasNextPage } } }
      fragment A on Agent { called: name ... { __typename } }`;
    expect(isText(query)).toBe(true);
    const answer = await api.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: `Bearer ${analyst}`, "content-type": "application/json" },
      payload: { query },
    });
    const people = [{ called: NAME, __typename: "Agent", nr: "1" }];
    expect(answer.body).toBe(
      JSON.stringify({ data: { who: { totalCount: 3, people, pageInfo: { hasNextPage: true } } } }),
    );
  });

  it.each([
    ["no row", '{ agents(first: 5, filter: { id: { equalTo: "77" } }) { nodes { id } } }', []],
    ["the last rows", "{ agents(last: 2, orderBy: ID_ASC) { nodes { id } } }", [{ id: "2" }, { id: "3" }]],
  ])("%s", async (_what, query, nodes) => {
    expect(isText(query)).toBe(true);
    expect(await api.query(analyst, query)).toEqual({ data: { agents: { nodes } } });
  });

  it("one field that fails leaves the others, and says where it was", async () => {
    const query = `{ agents(first: 1, orderBy: ID_ASC) { nodes { id } }
      report(first: 1, since: "2026-03-03T00:00Z", until: "2026-03-02T00:00Z") { nodes { id } } }`;
    expect(isText(query)).toBe(true);
    expect(await api.query(analyst, query)).toMatchObject({
      data: { agents: { nodes: [{ id: "1" }] }, report: null },
      errors: [{ path: ["report"], locations: [{ line: 2, column: 7 }], extensions: { code: "PA052" } }],
    });
  });
});

describe("rows that are needed one by one", () => {
  const NODES = "nodes { id }";
  const PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
  const ARGS = "first: 2, orderBy: ID_ASC";

  it.each([
    ["for how many there are", `a: agents(${ARGS}) { ${NODES} pageInfo { hasNextPage } }`],
    ["for their cursors", `a: agents(${ARGS}) { ${NODES} pageInfo { startCursor endCursor } }`],
    ["by edges", `a: agents(${ARGS}) { ${NODES} edges { cursor node { name } } }`],
    ["backwards", `a: agents(last: 2, orderBy: ID_ASC) { ${NODES} }`],
    ["before a cursor", `a: agents(last: 1, before: $cursor, orderBy: ID_ASC) { ${NODES} }`],
    ["by another field", `a: agents(${ARGS}) { ${NODES} } b: agents(${ARGS}) { ${PAGE} }`],
    [
      "by another field as other texts",
      `a: agents(${ARGS}) { ${NODES} } b: agents(${ARGS}) { nodes { name id } }`,
    ],
  ])("%s", async (_what, fields) => {
    const cursor = (await api.query(analyst, `{ agents(${ARGS}) { ${PAGE} } }`)).data.agents.pageInfo
      .endCursor;
    const declared = fields.includes("$") ? "query ($cursor: Cursor)" : "";
    const asText = `${declared} { ${fields} }`;
    const byField = asText.replaceAll("nodes {", "nodes { __typename @skip(if: true)");
    expect([isText(asText), isText(byField)]).toEqual([true, false]);
    const variables = declared ? { cursor } : {};
    const answer = await api.query(analyst, asText, variables);
    expect(answer).not.toHaveProperty("errors");
    expect(answer).toEqual(await api.query(analyst, byField, variables));
  });

  it("the same asked twice is answered twice", async () => {
    const query = `{ a: agents(${ARGS}) { ${NODES} } b: agents(${ARGS}) { ${NODES} } }`;
    const page = { nodes: [{ id: "1" }, { id: "2" }] };
    expect(await api.query(analyst, query)).toEqual({ data: { a: page, b: page } });
  });
});

it("the rows of a page come from the database as one", async () => {
  const pool = new pg.Pool({ connectionString: db.url });
  let rows = 0;
  pool.on("connect", (client) => {
    (client as unknown as { connection: pg.Connection }).connection.on("dataRow", () => rows++);
  });
  try {
    const execute = createExecute(await buildSchema(pool), pool, undefined);
    const claims: Claims = { role: "analyst", account: 1, timeZone: undefined };
    const settings = await api.api.settingsOf(claims, 10_000);
    const parameters = {
      query: "{ agents(first: 1000) { nodes { id } } }",
      operationName: undefined,
      variables: undefined,
      extensions: undefined,
    };
    const ask = () => execute({ parameters, claims, settings, mayMutate: false });
    // Settings are prepared.
    await ask();
    rows = 0;
    const { data } = await ask();
    expect(JSON.parse(String(data)).agents.nodes).toHaveLength(3);
    // Settings are a row as well.
    expect(rows).toBe(2);
  } finally {
    await pool.end();
  }
});

describe("answered field by field", () => {
  it.each([
    ["a directive", "{ agents(first: 1) { nodes { id name @skip(if: false) } } }"],
    ["a directive above", "{ agents(first: 1) @include(if: true) { nodes { id } } }"],
    ["nodes that are asked for twice", "{ agents(first: 1) { nodes { id } nodes { name } } }"],
    [
      "a connection that is asked for twice",
      "{ agents(first: 1) { nodes { id } } ...A } fragment A on Query { agents(first: 1) { nodes { name } } }",
    ],
    ["a key that is asked for twice", "{ agents(first: 1) { nodes { id id } } }"],
    ["edges", "{ agents(first: 1) { edges { node { id } } } }"],
    ["a single row", '{ agent(id: "1") { id } }'],
  ])("%s", async (_what, query) => {
    expect(isText(query)).toBe(false);
    expect(await api.query(analyst, query)).not.toHaveProperty("errors");
  });
});

it("nobody is shown the field, or can name it", async () => {
  const shown = await api.query(analyst, '{ __type(name: "AgentConnection") { fields { name } } }');
  expect(shown.data.__type.fields.map(({ name }: { name: string }) => name)).not.toContain("nodes as text");
  const answer = await api.query(analyst, "{ agents(first: 1) { nodes as text } }");
  expect(answer.errors[0].extensions.code).toBe("INVALID_QUERY");
});

it("a column that is null where the schema says it is not fails, and is not answered", async () => {
  await db.pool.query(`create or replace function api.live_board(
      agent_ids bigint[] default null, team_ids bigint[] default null, inbox_ids bigint[] default null
    ) returns setof api.live_board_row language sql stable as $$
      select null::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, null::timestamptz
    $$`);
  const query = "{ liveBoard(first: 1) { nodes { pending open } } }";
  expect(isText(query)).toBe(true);
  expect(await api.query(analyst, query)).toMatchObject({
    data: { liveBoard: null },
    errors: [{ path: ["liveBoard", "nodes"], extensions: { code: "INTERNAL" } }],
  });
});
