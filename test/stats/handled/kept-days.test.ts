// What agents handled on finished days is kept. Whether it is can be told from nothing but the time that an answer takes, so here
// kept rows are changed by hand to see who reads them.
import type { Client } from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import keepSums from "../../../workers/stats/keep-sums.ts";
import { column, rows, value } from "../../broker/test-queue.ts";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { silentLog } from "../../setup/worker.ts";

const db = useDatabase();
let client: Client;

const run = (sql: string) => client.query(sql);
const at = (time: string) => run(`set parley.now = '2026-03-${time}Z'`);
const change = (id: number, to: string) => run(`update chat.conversations set ${to} where id = ${id}`);
const keep = (days = 1000) => value<number>(client, "select stats.keep_handled($1)", [days]);
const differences = () => rows(client, "select * from stats.verify()");

/** By day, as dates of UTC. */
const staleDays = () =>
  column<string>(
    client,
    "select to_char(starts_at at time zone 'UTC', 'DD HH24:MI') from stats.stale_days order by account_id, starts_at",
  );

const HOUR = 3600;
/** By agent: dialogs and hours. */
const ask = async (since = "01", until = "10", filters: { agents?: number[]; teams?: number[] } = {}) =>
  Object.fromEntries(
    (
      await rows<{ agent_id: number; dialogs: number; handled_s: number }>(
        client,
        "select agent_id::int, dialogs::int, handled_s from api.concurrency($1, $2, $3, $4)",
        [`2026-03-${since}Z`, `2026-03-${until}Z`, filters.agents, filters.teams],
      )
    ).map(({ agent_id, dialogs, handled_s }) => [agent_id, [dialogs, handled_s / HOUR]]),
  );

/**
 * Dialog 1 is agent 1's from noon of the 2nd to noon of the 4th, dialog 2 agent 2's on the 3rd, dialog 3 agent 1's since the 5th.
 * It is the 6th.
 */
beforeEach(async () => {
  client = await db.connect();
  await run("truncate chat.accounts restart identity cascade");
  await run("truncate stats.settings, stats.rebuilds");
  await createFirstAccount(client);
  await run("set parley.account_id = 1");
  const open = (name: string, agent: number) =>
    run(`select chat.open_conversation(1, 1, 1, '${name}', 0, ${agent}, ${agent})`);
  await at("02 12:00");
  await open("one", 1);
  await at("03 06:00");
  await open("two", 2);
  await at("03 18:00");
  await change(2, "status = 1");
  await at("04 12:00");
  await change(1, "status = 1");
  await at("05 12:00");
  await open("three", 1);
  await at("06 12:00");
  await run("select stats.flush()");
  await run("select stats.finish_days()");
});

describe("a finished day", () => {
  it("is kept once, from the first that somebody handled a dialog on, the latest first", async () => {
    expect(await staleDays()).toEqual(["02 00:00", "03 00:00", "04 00:00", "05 00:00"]);
    expect(await keep(3)).toBe(3);
    expect(await staleDays()).toEqual(["02 00:00"]);
    expect([await keep(3), await keep(3)]).toEqual([1, 0]);
    expect(
      await rows(
        client,
        `select to_char(starts_at at time zone 'UTC', 'DD') as day, agent_id::int as agent, dialogs, cardinality(handled_before) as before,
           extract(epoch from handled)::int / 3600 as hours, most
         from stats.handled order by 1, 2`,
      ),
    ).toEqual([
      { day: "02", agent: 1, dialogs: 1, before: 0, hours: 12, most: 1 },
      { day: "03", agent: 1, dialogs: 1, before: 1, hours: 24, most: 1 },
      { day: "03", agent: 2, dialogs: 1, before: 0, hours: 12, most: 1 },
      { day: "04", agent: 1, dialogs: 1, before: 1, hours: 12, most: 1 },
      { day: "05", agent: 1, dialogs: 1, before: 0, hours: 12, most: 1 },
    ]);
  });

  it("is kept by the worker", async () => {
    const session = await db.pool.connect();
    await keepSums.upkeep.run({
      withClient: (use) => use(session),
      signal: new AbortController().signal,
      log: silentLog,
    });
    session.release();
    expect(await staleDays()).toEqual([]);
    expect(await differences()).toEqual([]);
  });

  it("on which nobody handled anything is kept, too", async () => {
    await keep();
    await at("06 13:00");
    await change(3, "status = 1");
    await at("09 01:00");
    await run("select stats.flush(); select stats.finish_days()");
    expect(await staleDays()).toEqual(["06 00:00", "07 00:00", "08 00:00"]);
    expect(await keep()).toBe(3);
    expect(
      await column(client, "select count(*)::int from stats.handled where starts_at >= '2026-03-07Z'"),
    ).toEqual([0]);
  });

  it("counts a dialog that lasts over midnight once, whatever the window", async () => {
    const answers = { "01": [2, 72], "03 06:00": [2, 54], "04 12:00": [1, 24] };
    for (const state of ["computed", "kept"]) {
      if (state === "kept") await keep();
      for (const [since, answer] of Object.entries(answers)) expect((await ask(since))[1]).toEqual(answer);
    }
  });
});

describe("kept days", () => {
  beforeEach(async () => {
    await keep();
    await run("update stats.handled set handled = interval '100 hours' where starts_at = '2026-03-03Z'");
  });

  it("are read where they lie within the window", async () => {
    expect(await ask("03", "04")).toEqual({ 1: [1, 100], 2: [1, 100] });
    expect(await ask("02 23:45", "04 00:15")).toEqual({ 1: [1, 100.5], 2: [1, 100] });
    expect(await ask("03 00:15", "04 00:15")).toEqual({ 1: [1, 24], 2: [1, 12] });
    expect(await ask("03", "03 23:45")).toEqual({ 1: [1, 23.75], 2: [1, 12] });
  });

  it("are read by agent, but not by team", async () => {
    expect(await ask("03", "04", { agents: [2] })).toEqual({ 2: [1, 100] });
    expect(await ask("03", "04", { teams: [2] })).toEqual({ 2: [1, 12] });
  });

  it("are compared with the facts", async () => {
    expect(await differences()).toMatchObject([
      {
        kind: "handled",
        key: { agent_id: 1 },
        stored: { handled: "100:00:00" },
        computed: { handled: "1 day" },
      },
      {
        kind: "handled",
        key: { agent_id: 2 },
        stored: { handled: "100:00:00" },
        computed: { handled: "12:00:00" },
      },
    ]);
    await run("delete from stats.handled where agent_id = 2");
    expect(await differences()).toMatchObject([{ key: { agent_id: 1 } }, { stored: null }]);
  });

  it("are kept anew where facts are rebuilt", async () => {
    await run(
      "insert into stats.handled select account_id, starts_at - interval '2 days', 3, 1, '{}', handled, busy, 1, most_at from stats.handled where agent_id = 2",
    );
    expect(await differences()).toHaveLength(3);
    await run("select stats.rebuild(1, '2026-03-01Z', '2026-03-04Z')");
    expect(await staleDays()).toEqual(["02 00:00", "03 00:00"]);
    expect(await ask("01", "04")).toEqual({ 1: [1, 36], 2: [1, 12] });
    await keep();
    expect(await differences()).toEqual([]);
  });

  it("are another zone's days when the account moves", async () => {
    await run("update stats.settings set time_zone = 'Asia/Kathmandu'");
    expect(await column(client, "select count(*)::int from stats.handled")).toEqual([0]);
    expect(await ask("03", "04")).toEqual({ 1: [1, 24], 2: [1, 12] });
    await run("select stats.finish_days()");
    expect(await staleDays()).toEqual(["01 18:15", "02 18:15", "03 18:15", "04 18:15"]);
    await run("update stats.settings set time_zone = 'UTC'; select stats.finish_days()");
    expect(await staleDays()).toEqual(["02 00:00", "03 00:00", "04 00:00", "05 00:00"]);
    await keep();
    expect(await ask("03", "04")).toEqual({ 1: [1, 24], 2: [1, 12] });
    expect(await differences()).toEqual([]);
  });

  it("are gone with all dialogs", async () => {
    await run("truncate chat.conversations cascade");
    expect(await ask()).toEqual({});
    expect(await differences()).toEqual([]);
  });
});

describe("what changes", () => {
  beforeEach(async () => {
    await keep();
    expect(await staleDays()).toEqual([]);
  });

  /** Pending, summed and kept again: the same. */
  async function expectEachTime(answer: object, stale: string[]): Promise<void> {
    expect(await ask()).toEqual(answer);
    await run("select stats.flush()");
    expect(await staleDays()).toEqual(stale);
    expect(await ask()).toEqual(answer);
    await keep();
    expect(await ask()).toEqual(answer);
    expect(await differences()).toEqual([]);
  }

  it("today leaves finished days as they are", async () => {
    await change(3, "status = 1");
    await at("06 15:00");
    await run("select chat.open_conversation(1, 1, 1, 'four', 0, 2)");
    await at("06 18:00");
    await expectEachTime({ 1: [2, 72], 2: [2, 15] }, []);
  });

  it("nothing of who had it when, leaves them as they are", async () => {
    await change(1, "team_id = 2");
    await run(
      "insert into chat.messages (conversation_id, content, message_type, sender_type, sender_id, created_at) values (1, '', 1, 'User', 1, '2026-03-03Z')",
    );
    await expectEachTime({ 1: [2, 72], 2: [1, 12] }, []);
  });

  /** It turns out only now that somebody was given a dialog. */
  const assigned = (dialog: number, time: string, agent: number | null) =>
    run(
      `insert into chat.events (account_id, inbox_id, conversation_id, dialog_id, name, user_id, created_at, updated_at)
       select account_id, inbox_id, conversation_id, id, 'conversation_assigned', ${agent}, t, t
       from chat.dialogs cross join (values (timestamptz '2026-03-${time}Z')) given (t) where id = ${dialog}`,
    );

  it("late is the days' on which the dialog was handled from then on", async () => {
    await assigned(1, "03 12:00", 3);
    await expectEachTime({ 1: [2, 48], 2: [1, 12], 3: [1, 24] }, ["03 00:00", "04 00:00"]);
  });

  it("with a conversation that is deleted, is its days'", async () => {
    await run("delete from chat.conversations where id = 1");
    await expectEachTime({ 1: [1, 24], 2: [1, 12] }, ["02 00:00", "03 00:00", "04 00:00"]);
  });

  it("is also who had handled it before, on a day that is as it was otherwise", async () => {
    await at("08 12:00");
    await run("select stats.finish_days()");
    await keep();
    await assigned(3, "05 18:00", null);
    await assigned(3, "07 06:00", 1);
    await expectEachTime({ 1: [2, 84], 2: [1, 12] }, ["05 00:00", "06 00:00", "07 00:00"]);
    await assigned(3, "05 15:00", null);
    await expectEachTime({ 1: [2, 81], 2: [1, 12] }, ["05 00:00", "07 00:00"]);
  });

  it("before the first day that is kept, is found", async () => {
    await run(
      "insert into chat.conversations (account_id, inbox_id, contact_id, assignee_id, created_at) values (1, 1, 1, 3, '2026-02-27 12:00Z')",
    );
    await run("select chat.resolve_conversation(max(id)) from chat.conversations");
    expect((await ask("01"))[3]).toEqual([1, 132]);
    await run("select stats.flush()");
    expect(await staleDays()).toHaveLength(7);
    await keep();
    expect((await ask("01"))[3]).toEqual([1, 132]);
    expect(await differences()).toEqual([]);
  });
});

it("a dialog that the same agent has again days later is counted once", async () => {
  await change(3, "assignee_id = null");
  await at("08 12:00");
  await change(3, "assignee_id = 1");
  await at("09 12:00");
  await run("select stats.flush(); select stats.finish_days()");
  const answers = { "05": [1, 36], "06": [1, 24], "07": [1, 12], "08": [1, 12] };
  for (const state of ["computed", "kept"]) {
    if (state === "kept") await keep();
    for (const [since, answer] of Object.entries(answers))
      expect((await ask(since, "09"))[1]).toEqual(answer);
  }
});

it("days are not kept while something else changes facts", async () => {
  const other = await db.connect();
  await other.query("begin; select stats._lock_sums()");
  await run("set lock_timeout = '50ms'");
  await expect(keep()).rejects.toMatchObject({ code: "55P03" });
  await other.query("rollback");
  expect(await keep()).toBe(4);
});
