import type { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { useLogin } from "../../broker/roles/login.ts";
import { column, rows } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { type ConcurrencyRow, changeStatus, during } from "./agents-at-work.ts";

const db = useDatabase();
const login = useLogin(db, "parley_analyst");
const strangerLogin = useLogin(db, "parley_analyst");
let analyst: Client;
let stranger: Client;

const WINDOW = ["2026-03-02T09:15Z", "2026-03-02T11:15Z"] as const;
const MINUTE = 60;

const ask = (
  [since, until]: readonly [string | null, string | null] = WINDOW,
  filters: { agents?: number[]; teams?: number[]; inboxes?: number[] } = {},
  client = analyst,
) =>
  rows<ConcurrencyRow>(client, "select * from api.concurrency($1, $2, $3, $4, $5)", [
    since,
    until,
    filters.agents,
    filters.teams,
    filters.inboxes,
  ]);

const ann = {
  agent_id: 1,
  agent_name: "Ann",
  dialogs: 3,
  handled_s: 150 * MINUTE,
  busy_s: 105 * MINUTE,
  concurrency: 150 / 105,
  peak: 2,
  peak_at: new Date("2026-03-02T09:30Z"),
  available_s: 100 * MINUTE,
  occupancy: 0.9,
};
const bob = {
  agent_id: 2,
  agent_name: "Bob",
  dialogs: 1,
  handled_s: 120 * MINUTE,
  busy_s: 120 * MINUTE,
  concurrency: 1,
  peak: 1,
  peak_at: new Date("2026-03-02T09:15Z"),
  available_s: null,
  occupancy: null,
};
const cyd = {
  agent_id: 3,
  agent_name: "Cyd",
  dialogs: 0,
  handled_s: 0,
  busy_s: 0,
  concurrency: null,
  peak: 0,
  peak_at: null,
  available_s: 120 * MINUTE,
  occupancy: 0,
};

beforeAll(async () => {
  await createFirstAccount(db.pool);
  await db.pool.query(
    `insert into chat.accounts (name) values ('Other');
     insert into stats.analysts (role_name, account_id) values
       ('${new URL(login.url).username}', 1), ('${new URL(strangerLogin.url).username}', 2)`,
  );
  const server = await db.connect();
  const open = (identifier: string, agent: number, inbox = 1, team = 1) =>
    `select chat.open_conversation(1, ${inbox}, 1, '${identifier}', 0, ${agent}, ${team})`;
  const update = (identifier: string, change: string) =>
    `update chat.conversations set ${change} where identifier = '${identifier}'`;
  await during(server, [
    ["09:00", open("A", 1)],
    ["09:00:01", open("D", 2, 2, 2)],
    ["09:30", open("B", 1)],
    ["10:00", update("A", "status = 1")],
    ["10:15", update("B", "status = 3")],
    ["10:30", update("B", "status = 0")],
    ["10:45", open("C", 1)],
    ["11:00", update("B", "status = 1")],
    ["12:00", update("D", "status = 1")],
  ]);
  await changeStatus(db.pool, 1, 1, "2026-03-02T08:00Z");
  await changeStatus(db.pool, 1, 2, "2026-03-02T10:00Z");
  await changeStatus(db.pool, 1, 1, "2026-03-02T10:20Z");
  await changeStatus(db.pool, 3, 1, "2026-03-01T08:00Z");
  analyst = await login.connect();
  stranger = await strangerLogin.connect();
  for (const client of [analyst, stranger]) await client.query("set parley.now = '2026-03-02T12:30Z'");
});

describe.each(["just committed", "summed"])("dialogs that are %s", (state) => {
  beforeAll(async () => {
    if (state === "summed") await db.pool.query("select stats.flush()");
    expect(await column(db.pool, "select count(*)::int from stats.stale")).toEqual([
      state === "summed" ? 0 : expect.any(Number),
    ]);
  });

  it("are counted while their agent has them and they are open, within the window", async () => {
    expect(await ask()).toEqual([ann, bob, cyd]);
  });

  it("can be asked for by agent, team and inbox", async () => {
    expect(await ask(WINDOW, { agents: [2, 3] })).toEqual([bob, cyd]);
    expect(await ask(WINDOW, { teams: [2] })).toEqual([bob]);
    expect(await ask(WINDOW, { inboxes: [1] })).toEqual([ann]);
    expect(await ask(WINDOW, { inboxes: [1], teams: [2] })).toEqual([]);
    expect(await ask(WINDOW, { teams: [0] })).toEqual([]);
  });

  it("last until now if nobody has resolved them", async () => {
    const later = ["2026-03-02T12:00Z", "2026-03-03T00:00Z"] as const;
    expect(await ask(later, { agents: [1] })).toMatchObject([
      { dialogs: 1, handled_s: 30 * MINUTE, available_s: 30 * MINUTE, peak: 1, occupancy: 1 },
    ]);
    expect(await ask(["2026-03-03T00:00Z", "2026-03-04T00:00Z"])).toEqual([]);
  });

  it("are none of another account's", async () => {
    expect(await ask(WINDOW, {}, stranger)).toEqual([]);
  });
});

it("a dialog is the next agent's from the moment of the transfer", async () => {
  const server = await db.connect();
  await server.query("begin");
  await during(server, [
    ["12:00:01", "update chat.conversations set assignee_id = 3 where identifier = 'C'"],
    ["12:30", "set parley.account_id = 1"],
  ]);
  const window = ["2026-03-02T12:00Z", "2026-03-02T12:15Z"] as const;
  expect(await ask(window, {}, server)).toMatchObject([
    { agent_id: 1, dialogs: 1, handled_s: 1 },
    { agent_id: 3, dialogs: 1, handled_s: 899 },
  ]);
  await server.query("rollback");
});

it("statuses in which agents are available are the account's own", async () => {
  await db.pool.query("insert into stats.settings (account_id, available_statuses) values (1, '{1,2}')");
  expect(await ask(WINDOW, { agents: [1] })).toMatchObject([{ available_s: 120 * MINUTE, occupancy: 0.875 }]);
  await db.pool.query("update stats.settings set available_statuses = '{}'");
  expect(await ask(WINDOW, { agents: [1, 3] })).toMatchObject([
    { agent_id: 1, available_s: 0, occupancy: null },
  ]);
  await db.pool.query("delete from stats.settings");
});

it.each([
  ["PA051", "2026-03-02T09:10Z", "2026-03-02T11:15Z"],
  ["PA052", "2026-03-02T11:15Z", "2026-03-02T11:15Z"],
  ["PA052", null, "2026-03-02T11:15Z"],
  ["PA053", "1990-01-01Z", "2026-03-02T11:15Z"],
])("refuses with %s: from %s until %s", async (code, since, until) => {
  await expect(ask([since, until])).rejects.toMatchObject({ code });
  await expect(analyst.query("select api.presences($1, $2)", [since, until])).rejects.toMatchObject({ code });
});

it("analysts reach no rows behind it", async () => {
  for (const statement of [
    "select stats._handled(2, '2026-03-02Z', '2026-03-03Z', '2026-03-02Z', null)",
    "select stats.presences(2, '2026-03-02Z', '2026-03-03Z')",
  ])
    await expect(analyst.query(statement)).rejects.toMatchObject({ code: "42501" });
});
