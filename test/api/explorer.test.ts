import { beforeAll, expect, it } from "vitest";
import { createApi } from "../../src/api/api.ts";
import { createLog } from "../../src/log.ts";
import { buildHttp } from "../../src/ops/http.ts";
import { createMetrics } from "../../src/ops/metrics.ts";
import { useDatabase } from "../setup/database.ts";
import { bearer, SECRET, token } from "./use-api.ts";

const db = useDatabase();

const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8", host: "localhost:5678" };

function build(explorer?: { token: (() => Promise<string>) | undefined }) {
  const api = createApi({ url: db.url, log: createLog("silent"), keys: { secret: SECRET } });
  return buildHttp({
    pool: db.pool,
    metrics: createMetrics(db.pool),
    log: createLog("silent"),
    isReady: () => ({ ready: true }),
    api,
    ...(explorer ? { explorer } : {}),
  });
}

const withToken = { token: async () => "the-token" };
let app: ReturnType<typeof build>;
beforeAll(() => {
  app = build(withToken);
});

it("browsers see the explorer at /, with a token for whoever sits at this machine", async () => {
  const page = await app.inject({ url: "/", headers: browser });
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(page.headers["cache-control"]).toBe("no-store");
  expect(page.body).toContain("Bearer the-token");
});

it("all others see the plain page, by which a second Parley knows the first", async () => {
  for (const headers of [{}, { accept: "*/*" }, { accept: "text/plain" }]) {
    expect((await app.inject({ url: "/", headers })).body).toMatch(/^Parley/);
  }
});

it.each([
  ["another machine", { remoteAddress: "192.0.2.7" }, {}],
  ["a proxy on this machine", {}, { "x-forwarded-for": "192.0.2.7" }],
  ["a proxy that says so otherwise", {}, { forwarded: "for=192.0.2.7" }],
  ["a site whose name was made to point here", {}, { host: "evil.example:5678" }],
])("gives no token to %s", async (_what, from, headers) => {
  const page = await app.inject({ url: "/", headers: { ...browser, ...headers }, ...from });
  expect(page.statusCode).toBe(200);
  expect(page.body).not.toContain("the-token");
});

it("gives none where there is none to give away", async () => {
  const page = await build({ token: undefined }).inject({ url: "/", headers: browser });
  expect(page.body).toContain("/graphql");
  expect(page.body).not.toContain("Bearer");
});

it("brings its files along, from nowhere else", async () => {
  const page = await app.inject({ url: "/", headers: browser });
  const files = [...page.body.matchAll(/"(\/explorer\/[\w.]+\.(?:js|css))"/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(0);
  for (const url of files) expect((await app.inject(url)).statusCode).toBe(200);
  expect(page.body).not.toMatch(/https?:\/\/(?!localhost)/);
  expect((await app.inject("/explorer/../package.json")).statusCode).toBe(404);
  expect((await app.inject("/explorer/nope.js")).statusCode).toBe(404);
});

it("its first query can be asked", async () => {
  const page = await app.inject({ url: "/", headers: browser });
  const { defaultQuery } = JSON.parse(/RURU_CONFIG = (\{.*?\n\});/s.exec(page.body)![1]!);
  const answer = await app.inject({
    method: "POST",
    url: "/graphql",
    headers: { ...bearer(await token("analyst", 1)), "content-type": "application/json" },
    payload: { query: defaultQuery },
  });
  expect(answer.json()).toEqual({ data: { accounts: { nodes: [] }, report: { nodes: expect.any(Array) } } });
});

it("is not there unless it is switched on", async () => {
  const plain = build();
  expect((await plain.inject({ url: "/", headers: browser })).body).toMatch(/^Parley/);
  expect((await plain.inject("/explorer/ruru.js")).statusCode).toBe(404);
});
