import type { InjectOptions } from "fastify";
import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { bearer, token, useApi } from "./use-api.ts";

// Rules are cited from https://graphql.github.io/graphql-over-http/draft/ (the section first).

const db = useDatabase();
const api = useApi(db);
const RESPONSE = "application/graphql-response+json; charset=utf-8";

let analyst: string;
let producer: string;
beforeAll(async () => {
  [analyst, producer] = await Promise.all([token("analyst", 1), token("producer")]);
});

type Options = Omit<InjectOptions, "headers"> & { as?: string; headers?: Record<string, string> };

const send = ({ as = analyst, headers = {}, ...options }: Options) =>
  api.app.inject({ url: "/graphql", ...options, headers: { ...bearer(as), ...headers } });

const post = (payload: unknown, headers: Record<string, string> = {}) =>
  send({
    method: "POST",
    payload: typeof payload === "string" ? payload : JSON.stringify(payload),
    headers: { "content-type": "application/json", ...headers },
  });

const get = (parameters: Record<string, string>, options: Options = {}) =>
  send({ method: "GET", url: `/graphql?${new URLSearchParams(parameters)}`, ...options });

const codes = (answer: { json(): { errors?: { extensions: { code: string } }[] } }) =>
  answer.json().errors?.map(({ extensions }) => extensions.code);

describe("Request", () => {
  it("POST: a server MUST support application/json", async () => {
    const answer = await post({ query: "{__typename}" });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ data: { __typename: "Query" } });
  });

  it.each([
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    'application/json; charset="utf-8"',
  ])("POST: the encoding may be said: %s", async (type) => {
    expect((await post({ query: "{__typename}" }, { "content-type": type })).statusCode).toBe(200);
  });

  it("POST: without Content-Type the server SHOULD reject the request", async () => {
    const answer = await send({ method: "POST", payload: '{"query":"{__typename}"}' });
    expect([answer.statusCode, codes(answer)]).toEqual([415, ["UNSUPPORTED_MEDIA_TYPE"]]);
  });

  it.each([
    "text/plain",
    "application/graphql",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
  ])("Status Codes: Content-Type %s is not supported: 415", async (type) => {
    const answer = await post({ query: "{__typename}" }, { "content-type": type });
    expect([answer.statusCode, codes(answer)]).toEqual([415, ["UNSUPPORTED_MEDIA_TYPE"]]);
  });

  it("JSON Encoding: operationName says which operation is executed", async () => {
    const query = "query A { a: __typename } query B { b: __typename }";
    expect((await post({ query, operationName: "B" })).json()).toEqual({ data: { b: "Query" } });
  });

  it("JSON Encoding: null for an optional parameter is none", async () => {
    const answer = await post({
      query: "{__typename}",
      operationName: null,
      variables: null,
      extensions: null,
    });
    expect(answer.statusCode).toBe(200);
  });

  it("JSON Encoding: servers MUST ignore properties they do not understand", async () => {
    expect((await post({ query: "{__typename}", extensions: { a: 1 }, id: 7 })).statusCode).toBe(200);
  });

  it("GET: parameters in the URL, variables and extensions as JSON, an empty one is none", async () => {
    const answer = await get({
      query: "query Q($n: Int) { agents(first: $n) { totalCount nodes { id } } }",
      operationName: "Q",
      variables: '{"n": 3}',
      extensions: "",
    });
    expect(answer.json()).toEqual({ data: { agents: { totalCount: 0, nodes: [] } } });
  });

  it("GET: MUST NOT execute mutations: 405 with Allow, and nothing is done", async () => {
    const query = 'mutation { putEvent(input: { name: "ban.added", data: {} }) { eventId } }';
    for (const method of ["GET", "HEAD"] as const) {
      const answer = await get({ query }, { method, as: producer });
      expect(answer.statusCode).toBe(405);
      expect(answer.headers.allow).toBe("POST");
    }
    expect((await db.pool.query("select from broker.events")).rows).toEqual([]);
  });

  it("GET: of several operations the chosen one counts", async () => {
    const query =
      'query A { __typename } mutation B { putEvent(input: { name: "x", data: {} }) { eventId } }';
    expect((await get({ query, operationName: "A" }, { as: producer })).statusCode).toBe(200);
    expect((await get({ query, operationName: "B" }, { as: producer })).statusCode).toBe(405);
  });

  it.each(["PUT", "PATCH", "DELETE", "OPTIONS"] as const)(
    "Status Codes: %s is not supported: 405 with Allow",
    async (method) => {
      const answer = await send({ method });
      expect([answer.statusCode, answer.headers.allow]).toEqual([405, "GET, HEAD, POST"]);
    },
  );
});

describe("Response", () => {
  it.each([
    ["nothing", undefined, RESPONSE],
    ["*/*", "*/*", RESPONSE],
    ["application/*", "application/*", RESPONSE],
    ["its own type", "application/graphql-response+json", RESPONSE],
    ["what clients SHOULD send", "application/graphql-response+json, application/json;q=0.9", RESPONSE],
    ["the older type, of a legacy client", "application/json", "application/json; charset=utf-8"],
    [
      "the older type rather",
      "application/json, application/graphql-response+json;q=0.5",
      "application/json; charset=utf-8",
    ],
    ["browsers' lists", "text/html, application/json;q=0.8", "application/json; charset=utf-8"],
  ])("Body: the media type respects Accept: %s", async (_what, accept, type) => {
    const answer = await post({ query: "{__typename}" }, accept === undefined ? {} : { accept });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, type]);
  });

  it.each(["text/html", "application/xml, image/*", "application/json;q=0"])(
    "Body: for Accept %s the server SHOULD respond with 406",
    async (accept) => {
      const answer = await post({ query: "{__typename}" }, { accept });
      expect([answer.statusCode, codes(answer)]).toEqual([406, ["NOT_ACCEPTABLE"]]);
    },
  );

  it("Body: a legacy client gets the same status; only a 2xx is labelled application/json", async () => {
    const answer = await post({ query: "{nope}" }, { accept: "application/json" });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([422, RESPONSE]);
  });

  it.each([
    ["NONSENSE", 400, "BAD_REQUEST"],
    ['{"query":', 400, "BAD_REQUEST"],
    ["", 400, "BAD_REQUEST"],
    [Buffer.from('{"query":"\xff"}', "latin1"), 400, "BAD_REQUEST"],
    ['{"qeury": "{__typename}"}', 422, "MALFORMED_REQUEST"],
    ['"{__typename}"', 422, "MALFORMED_REQUEST"],
    ["null", 422, "MALFORMED_REQUEST"],
    ['{"query": 7}', 422, "MALFORMED_REQUEST"],
    ['{"query": "{__typename}", "variables": [7]}', 422, "MALFORMED_REQUEST"],
    ['{"query": "{__typename}", "variables": "{}"}', 422, "MALFORMED_REQUEST"],
    ['{"query": "{__typename}", "operationName": 7}', 422, "MALFORMED_REQUEST"],
    ['{"query": "{__typename}", "extensions": []}', 422, "MALFORMED_REQUEST"],
    ['[{"query": "{__typename}"}]', 422, "MALFORMED_REQUEST"],
    ['{"query": "{"}', 400, "SYNTAX_ERROR"],
    ['{"query": ""}', 400, "SYNTAX_ERROR"],
    ['{"query": "{nope}"}', 422, "INVALID_QUERY"],
    ['{"query": "{agents(first: \\"a\\"){nodes{id}}}"}', 422, "INVALID_QUERY"],
    ['{"query": "query A{__typename} query B{__typename}"}', 422, "INVALID_QUERY"],
    ['{"query": "query A{__typename}", "operationName": "B"}', 422, "INVALID_QUERY"],
    ['{"query": "query($n:Int!){agents(first:$n){nodes{id}}}"}', 422, "PAGE_TOO_LARGE"],
    ['{"query": "query($n:BigInt!){agent(id:$n){id}}"}', 422, "BAD_USER_INPUT"],
    ['{"query": "query($n:BigInt!){agent(id:$n){id}}", "variables": {"n": "x"}}', 422, "BAD_USER_INPUT"],
    ['{"query": "subscription{x}"}', 422, "INVALID_QUERY"],
  ])("Status Codes: the body %s: %i %s", async (payload, status, code) => {
    const answer = await send({
      method: "POST",
      payload,
      headers: { "content-type": "application/json" },
    });
    expect([answer.statusCode, codes(answer)]).toEqual([status, [code]]);
    expect(answer.json()).not.toHaveProperty("data");
    expect(answer.headers["content-type"]).toBe(RESPONSE);
  });

  it.each([
    [{ query: "{__typename}", variables: "[7]" }, 422],
    [{ query: "{__typename}", variables: "{" }, 400],
    [{ variables: "{}" }, 422],
    [{ query: "" }, 422],
  ])("Status Codes: GET with %o: %i", async (parameters, status) => {
    expect((await get(parameters as Record<string, string>)).statusCode).toBe(status);
  });

  it("Status Codes: a body that is too large: 413", async () => {
    const answer = await post({ query: "{__typename}", variables: { a: "x".repeat(5_000_000) } });
    expect([answer.statusCode, codes(answer)]).toEqual([413, ["TOO_LARGE"]]);
  });

  it("Field errors: executed, so 200, with what there is and what is not", async () => {
    const answer = await send({
      method: "POST",
      as: producer,
      headers: { "content-type": "application/json" },
      payload: { query: "{ __typename agents(first: 1) { nodes { id } } }" },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: { __typename: "Query", agents: null },
      errors: [{ path: ["agents"], locations: [{ line: 1, column: 14 }] }],
    });
  });

  it("is not kept by any cache", async () => {
    expect((await get({ query: "{__typename}" })).headers["cache-control"]).toBe("no-store");
  });
});
