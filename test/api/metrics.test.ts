import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { until } from "../setup/until.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { bearer, token, useApi } from "./use-api.ts";

const db = useDatabase();
const api = useApi(db);
let analyst: string;

beforeAll(async () => {
  await createTwoAccounts(db.pool);
  analyst = await token("analyst", 1);
});

/** The value of one sample of /metrics. */
async function sample(name: string): Promise<number | undefined> {
  const { body } = await api.app.inject("/metrics");
  const line = body.split("\n").find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
const requests = (kind: string, outcome: string) =>
  sample(`parley_api_requests_total{kind="${kind}",outcome="${outcome}"}`);

const agents = (first = 1) => api.query(analyst, `{ agents(first: ${first}) { nodes { id } } }`);

it("counts requests by the code of their first error", async () => {
  await agents();
  await agents();
  await api.query(analyst, "{ nothing }");
  await api.query(undefined, "{ __typename }");
  await api.query(analyst, '{ report(first: 1, timeZone: "CEST") { nodes { id } } }');
  expect(await requests("graphql", "OK")).toBe(2);
  expect(await requests("graphql", "INVALID_QUERY")).toBe(1);
  expect(await requests("graphql", "UNAUTHENTICATED")).toBe(1);
  expect(await requests("graphql", "PA050")).toBe(1);
});

it("measures how long they take", async () => {
  const before = (await sample('parley_api_request_seconds_count{kind="graphql"}')) ?? 0;
  const seconds = (await sample('parley_api_request_seconds_sum{kind="graphql"}')) ?? 0;
  await agents();
  expect(await sample('parley_api_request_seconds_count{kind="graphql"}')).toBe(before + 1);
  expect(await sample('parley_api_request_seconds_sum{kind="graphql"}')).toBeGreaterThan(seconds);
});

it("counts exports apart", async () => {
  const before = (await requests("graphql", "OK")) ?? 0;
  await api.app.inject({ url: "/export/agents.csv", headers: bearer(analyst) });
  await api.app.inject({ url: "/export/none.csv", headers: bearer(analyst) });
  expect(await requests("export", "OK")).toBe(1);
  expect(await requests("export", "NOT_FOUND")).toBe(1);
  expect((await requests("graphql", "OK")) ?? 0).toBe(before);
});

it("shows what is executed, and what waits", async () => {
  await agents();
  const lock = await db.connect();
  await lock.query("begin; lock table chat.users");
  // Those who ask the same would share an answer.
  const waiting = Array.from({ length: 12 }, (_, n) => agents(n + 1));
  const download = api.app.inject({ url: "/export/agents.csv", headers: bearer(analyst) });
  await until(
    "they hang",
    async () =>
      (await sample('parley_api_waiting{kind="graphql"}')) === 3 &&
      (await sample('parley_api_running{kind="graphql"}')) === 9 &&
      (await sample('parley_api_running{kind="export"}')) === 1,
  );
  await lock.query("rollback");
  await Promise.all([...waiting, download]);
  expect(await sample('parley_api_running{kind="graphql"}')).toBe(0);
  expect(await sample('parley_api_waiting{kind="graphql"}')).toBe(0);
});
