import { once } from "node:events";
import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { EXPORTS, type Export } from "../../src/api/export/exports.ts";
import { ids, optional, text, time } from "../../src/api/export/parameters.ts";
import { value } from "../broker/test-queue.ts";
import { useDatabase } from "../setup/database.ts";
import { until } from "../setup/until.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { bearer, token, useApi } from "./use-api.ts";

const db = useDatabase();

const exports: Record<string, Export> = {
  ...EXPORTS,
  wide: { function: "test_wide", parameters: { howMany: text("bigint") } },
  numbers: { function: "test_numbers", parameters: { howMany: text("bigint") } },
  echo: {
    function: "test_echo",
    parameters: { since: time, timeZone: optional(text()), agentIds: optional(ids) },
  },
  some_agents: {
    view: "agents",
    parameters: {
      name: { ...optional(text()), where: "name = $" },
      ids: { ...optional(ids), where: "id = any ($)" },
    },
    orderBy: "id desc",
  },
};

const api = useApi(db, { exports, stallMs: 1500 });
let analyst: string;
let url: string;

beforeAll(async () => {
  await createTwoAccounts(db.pool);
  await db.pool.query(`
    create function api.test_numbers(how_many bigint) returns table (n bigint, half numeric, label text, role text, read_only text, zone text)
    language sql stable as $$
      select n, -n / 2.0, 'row ' || n, current_user::text, current_setting('transaction_read_only'), current_setting('timezone')
      from generate_series(1, how_many) n
    $$;
    create function api.test_wide(how_many bigint) returns table (wide text) language sql stable as $$
      select repeat('x', 1000) from generate_series(1, how_many)
    $$;
    create function api.test_echo(since timestamptz, time_zone text default 'UTC', agent_ids bigint[] default null)
    returns table ("the ""time""" timestamptz, zone text, agents bigint[]) language plpgsql stable as $$
    begin
      if time_zone = 'Mars' then
        raise exception using errcode = 'PA036', message = 'unknown time zone "Mars"', hint = 'A name such as Europe/Berlin.';
      elsif time_zone = 'zero' then
        perform 1 / 0;
      end if;
      return query select since, time_zone, agent_ids;
    end $$;
    grant execute on function api.test_wide(bigint), api.test_numbers(bigint), api.test_echo(timestamptz, text, bigint[]) to parley_analyst`);
  analyst = await token("analyst", 1);
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
});
const download = (path: string, as: string | undefined = analyst) =>
  fetch(`${url}/export/${path}`, { headers: bearer(as) });
const refusal = async (path: string, as?: string) => {
  const answer = await download(path, as);
  const { errors } = (await answer.json()) as { errors: Record<string, unknown>[] };
  return { status: answer.status, ...errors[0] };
};
const copying = () =>
  value<number>(
    db.pool,
    "select count(*)::int from pg_stat_activity where query ilike 'copy (%' and state <> 'idle' and datname = current_database()",
  );

it("gives the account's rows as CSV in UTF-8, with titles", async () => {
  await db.pool.query(
    `insert into chat.users (account_id, name, created_at) values (1, 'Łukasz, "the" 張', '2026-01-02T03:04:05.6Z')`,
  );
  const answer = await download("agents.csv");
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/csv; charset=utf-8; header=present",
    "content-disposition": 'attachment; filename="agents.csv"',
    "cache-control": "no-store",
  });
  const [titles, ...lines] = (await answer.text()).split("\n");
  expect(titles).toBe("id,account_id,name,created_at,deleted_at");
  expect(lines.length).toBe(5);
  expect(lines[3]).toBe('5,1,"Łukasz, ""the"" 張",2026-01-02 03:04:05.6+00,');
  expect(lines.join("\n")).not.toContain("Eve");
});

it("gives titles where there are no rows", async () => {
  const answer = await download("agents.csv", await token("analyst", 99));
  expect(await answer.text()).toBe("id,account_id,name,created_at,deleted_at\n");
});

it("has spreadsheets show texts that they would run, and leaves numbers alone", async () => {
  const texts = ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "＝1", "a=1", "'"];
  for (const name of texts)
    await db.pool
      .query("insert into chat.teams (account_id, name) values (7, $1)", [name])
      .catch(async () => {
        await db.pool.query("insert into chat.accounts (id, name) values (7, 'Seven')");
        await db.pool.query("insert into chat.teams (account_id, name) values (7, $1)", [name]);
      });
  const csv = await (await download("teams.csv", await token("analyst", 7))).text();
  const names = csv.matchAll(/^\d+,7,("(?:[^"]|"")*"|[^,]*),/gm);
  expect([...names].map(([, name]) => name!.replace(/^"|"$/g, ""))).toEqual([
    ...texts.slice(0, 8).map((one) => `'${one}`),
    "a=1",
    "'",
  ]);
  expect(await (await download("numbers.csv?howMany=1")).text()).toContain("\n1,-0.5");
});

it("runs as an analyst, who can only read, in the token's zone", async () => {
  expect(await (await download("numbers.csv?howMany=1")).text()).toContain(",parley_analyst,on,UTC");
});

it("takes the arguments of a function by their GraphQL names", async () => {
  const answer = await download(
    "echo.csv?since=2026-01-01T00:00:00%2B02:00&timeZone=Europe/Berlin&agentIds=1,22",
  );
  expect(await answer.text()).toBe(
    '"the ""time""",zone,agents\n2025-12-31 22:00:00+00,Europe/Berlin,"{1,22}"\n',
  );
});

it.each(["2026-01-01T00:00Z", "2026-01-01T01:00%2B01:00", "2026-01-01T00:00:00.0Z"])(
  "takes %s as a time",
  async (since) => {
    expect(await (await download(`echo.csv?since=${since}`)).text()).toContain("\n2026-01-01 00:00:00+00,");
  },
);

it("takes conditions of a view", async () => {
  expect(
    (await (await download("some_agents.csv?ids=1,2,4")).text())
      .split("\n")
      .slice(1, -1)
      .map((line) => line[0]),
  ).toEqual(["2", "1"]);
  expect(await (await download("some_agents.csv?name=' or true --")).text()).toBe(
    "id,account_id,name,created_at,deleted_at\n",
  );
  expect(await (await download("some_agents.csv?name=$1$$%5C'")).text()).toBe(
    "id,account_id,name,created_at,deleted_at\n",
  );
});

it.each(Object.entries(EXPORTS))("%s is there, and takes its parameters", async (name, { parameters }) => {
  const samples: Record<string, string> = {
    timestamptz: "2026-01-01T00:00:00Z",
    "bigint[]": "0,1,2",
    "api.dimension": "agent",
    "api.unit": "day",
    "api.metric": "resolution",
    interval: "7 days",
    integer: "30",
    boolean: "true",
    text: "Europe/Kyiv",
  };
  const query = new URLSearchParams(
    Object.fromEntries(Object.entries(parameters).map(([key, { type }]) => [key, samples[type]!])),
  );
  for (const key of query.keys()) if (/until$/i.test(key)) query.set(key, "2026-02-01T00:00:00Z");
  const answer = await download(`${name}.csv?${query}`);
  const csv = await answer.text();
  expect([answer.status, csv]).toEqual([200, expect.stringMatching(/^\w+(,\w+)+\n/)]);
});

it.each(["api.dimension", "api.unit", "api.metric"])("takes every value of %s", async (type) => {
  const { schema } = Object.values(EXPORTS)
    .flatMap(({ parameters }) => Object.values(parameters))
    .find((parameter) => parameter.type === type)!;
  const { rows } = await db.pool.query(`select unnest(enum_range(null::${type}))::text as value`);
  expect(rows.filter(({ value: one }) => !schema.safeParse(one).success)).toEqual([]);
});

it("a report needs no window, as in GraphQL", async () => {
  expect((await download("report.csv")).status).toBe(200);
});

describe("is an error of HTTP if it cannot begin", () => {
  it.each([
    ["without token", "agents.csv", "", 401, "UNAUTHENTICATED", "must be `Authorization: Bearer TOKEN`"],
    [
      "an unknown export",
      "nope.csv",
      undefined,
      404,
      "NOT_FOUND",
      "there is no export nope; there are: report, percentiles",
    ],
    ["one of JavaScript's names", "constructor.csv", undefined, 404, "NOT_FOUND", "there is no export"],
    [
      "an unknown parameter",
      "agents.csv?nmae=x",
      undefined,
      422,
      "BAD_USER_INPUT",
      "there is no parameter nmae; there are: none",
    ],
    ["a missing parameter", "echo.csv", undefined, 422, "BAD_USER_INPUT", "since must be a time"],
    ["no time", "echo.csv?since=yesterday", undefined, 422, "BAD_USER_INPUT", "since must be a time"],
    [
      "no time that PostgreSQL takes, either",
      "echo.csv?since=infinity",
      undefined,
      422,
      "BAD_USER_INPUT",
      "since must be a time",
    ],
    [
      "a character that ends statements",
      "echo.csv?since=2026-01-01T00:00:00Z&timeZone=a%00b",
      undefined,
      422,
      "BAD_USER_INPUT",
      "timeZone must not hold",
    ],
    [
      "no ids",
      "echo.csv?since=2026-01-01T00:00:00Z&agentIds=1;2",
      undefined,
      422,
      "BAD_USER_INPUT",
      "agentIds must be whole numbers",
    ],
    [
      "a value that is none of an enum",
      "report.csv?by=agnt",
      undefined,
      422,
      "BAD_USER_INPUT",
      "by must be one of account, agent, inbox, team",
    ],
    [
      "a parameter given twice",
      "echo.csv?since=2026-01-01T00:00:00Z&timeZone=a&timeZone=b",
      undefined,
      422,
      "BAD_USER_INPUT",
      "timeZone must be a text",
    ],
    [
      "a value of another type",
      "numbers.csv?howMany=ten",
      undefined,
      422,
      "BAD_USER_INPUT",
      "a value cannot be read as its type",
    ],
    [
      "what the function refuses",
      "echo.csv?since=2026-01-01T00:00:00Z&timeZone=Mars",
      undefined,
      422,
      "PA036",
      'unknown time zone "Mars"',
    ],
    [
      "a failure of ours",
      "echo.csv?since=2026-01-01T00:00:00Z&timeZone=zero",
      undefined,
      500,
      "INTERNAL",
      "internal error",
    ],
  ])("%s", async (_what, path, as, status, code, message) => {
    expect(await refusal(path, as)).toMatchObject({
      status,
      message: expect.stringContaining(message),
      extensions: { code },
    });
  });

  it("a producer", async () => {
    expect(await refusal("agents.csv", await token("producer", 1))).toMatchObject({
      status: 403,
      message: "exports need a token of the role analyst",
    });
  });

  it("too many at once", async () => {
    const lock = await db.connect();
    await lock.query("begin; lock table chat.users");
    const all = Array.from({ length: 14 }, () => download("agents.csv"));
    const first = await Promise.race(all);
    expect([first.status, first.headers.get("retry-after")]).toEqual([503, "1"]);
    await lock.query("rollback");
    const answers = await Promise.all(all);
    await Promise.all(answers.map((one) => one.text()));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(11);
  });
});

/** Reads as slowly as it is asked to. */
async function start(path: string) {
  const request = get(`${url}/export/${path}`, { headers: bearer(analyst) });
  const [response] = await once(request, "response");
  return { request, response };
}

it("streams 300 MB without keeping them", { timeout: 60_000 }, async () => {
  const { response } = await start("wide.csv?howMany=300000");
  let [bytes, atFirst, most] = [0, 0, 0];
  for await (const chunk of response) {
    bytes += chunk.length;
    const used = process.memoryUsage().rss;
    if (bytes < 10_000_000) atFirst = used;
    most = Math.max(most, used);
  }
  expect(bytes).toBeGreaterThan(300_000_000);
  expect((most - atFirst) / 2 ** 20).toBeLessThan(150);
});

it("waits for a slow reader", async () => {
  const { request, response } = await start("numbers.csv?howMany=2000000");
  response.pause();
  await until(
    "the database waits",
    async () =>
      (await value(
        db.pool,
        "select count(*)::int from pg_stat_activity where query ilike 'copy (%' and wait_event = 'ClientWrite'",
      )) === 1,
  );
  request.destroy();
  await until("the query has ended", async () => (await copying()) === 0);
  await until("it is counted as what it is", async () =>
    (await api.app.inject("/metrics")).body.includes('{kind="export",outcome="BROKEN_OFF"} 1'),
  );
});

it("gives a reader up that takes nothing, so that others get the place", async () => {
  const { response } = await start("numbers.csv?howMany=2000000");
  response.on("error", () => {});
  response.pause();
  await until("the query runs", async () => (await copying()) === 1);
  await until("the query has ended", async () => (await copying()) === 0);
  response.resume();
  await until("the connection is broken off", async () => response.destroyed);
  expect(response.complete).toBe(false);
});

it("readers that leave at once keep no place, and are nobody's failure", async () => {
  const logged = api.logged.length;
  for (let wait = 0; wait < 20; wait++) {
    const request = get(`${url}/export/agents.csv`, { headers: bearer(analyst) });
    request.on("error", () => {});
    await new Promise((resolve) => setTimeout(resolve, wait));
    request.destroy();
  }
  await until(
    "all have ended",
    async () =>
      (await copying()) === 0 &&
      api.api.pool.waitingCount === 0 &&
      api.api.pool.idleCount === api.api.pool.totalCount,
  );
  expect(api.logged.slice(logged)).toEqual([]);
  expect((await download("agents.csv")).status).toBe(200);
});

it("a reader that leaves ends the query, also before its first row", async () => {
  await db.pool.query(`
    create or replace function api.test_numbers(how_many bigint) returns table (n bigint, half numeric, label text, role text, read_only text, zone text)
    language sql stable as $$ select 1, 1, 'a', 'a', 'a', 'a' from pg_sleep(how_many) $$`);
  const request = get(`${url}/export/numbers.csv?howMany=60`, { headers: bearer(analyst) });
  request.on("error", () => {});
  await until("the query runs", async () => (await copying()) === 1);
  request.destroy();
  await until("the query has ended", async () => (await copying()) === 0);
  expect(await (await download("agents.csv")).text()).toContain("Ann");
});

it("whoever stops the server does not wait for a download", async () => {
  const answer = download("numbers.csv?howMany=60");
  await until("the query runs", async () => (await copying()) === 1);
  const stopped = performance.now();
  await api.app.close();
  expect(performance.now() - stopped).toBeLessThan(5000);
  expect((await answer).status).not.toBe(200);
});
