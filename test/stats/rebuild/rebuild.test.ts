import type { Client } from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";

const db = useDatabase();
let client: Client;

const run = (sql: string) => client.query(sql);
const rows = async (sql: string) => (await run(sql)).rows;
const differences = () => rows("select * from stats.verify()");
const at = (time: string) => run(`set parley.now = '2026-${time}Z'`);

/** Ten days with a dialog each, flushed. */
beforeEach(async () => {
  client = await db.connect();
  await run("truncate chat.accounts restart identity cascade");
  await run("truncate stats.settings, stats.rebuilds");
  await createFirstAccount(client);
  for (let day = 1; day <= 10; day++) {
    const date = `03-${String(day).padStart(2, "0")}`;
    await at(`${date} 22:50:00`);
    await run("insert into chat.conversations (account_id, inbox_id, contact_id) values (1, 1, 1)");
    await run(
      "insert into chat.messages (conversation_id, content, message_type) select max(id), '', 0 from chat.conversations",
    );
    await at(`${date} 22:55:00`);
    await run("update chat.conversations set assignee_id = 1 where status = 0");
    await at(`${date} 23:20:00`);
    await run("select chat.append_message(max(id), '', 1, 'User', 1) from chat.conversations");
    await run("update chat.conversations set status = 1 where status = 0");
  }
  await at("03-20 12:00");
  await run("select stats.flush()");
  await run("select stats.finish_days()");
  await run("select stats.keep_handled(1000)");
  expect(await differences()).toEqual([]);
});

const CORRUPTIONS = [
  "update stats.sums set n = n + 1 where starts_at < '2026-03-05'",
  "delete from stats.sums where starts_at < '2026-03-05'",
  "insert into stats.sums (account_id, grain, dim, starts_at, dim_id, n, outbound_n) select account_id, grain, dim, starts_at + interval '7 hours', 77, 1, 1 from stats.sums where dim = 'account' and starts_at < '2026-03-04'",
  "update stats.sums set resolution_total = 7 where grain = 'day' and starts_at < '2026-03-05'",
  "update stats.times set ms = ms || 1::bigint where starts_at < '2026-03-05'",
  "update stats.handled set dialogs = 7 where starts_at < '2026-03-05'",
  "update stats.dialogs set first_reply_at = null, rated_at = now(), rating = 1 where started_at < '2026-03-05'",
  "delete from stats.dialogs where started_at < '2026-03-05'",
  "delete from stats.turns where waiting_since < '2026-03-05'",
  "update stats.ownerships set agent_id = 2, handle_ms = 5 where began_at < '2026-03-05'",
  "update stats.message_counts set n = 9 where slot < '2026-03-05'",
];

describe("verify", () => {
  it.each(CORRUPTIONS)("finds what somebody did by hand: %s", async (sql) => {
    await run(sql);
    expect((await differences()).length).toBeGreaterThan(0);
  });

  it("says what is stored and what should be", async () => {
    await run(
      "update stats.sums set offered_n = 5 where grain = 'slot' and dim = 'account' and starts_at = '2026-03-03 22:45Z'",
    );
    expect((await differences()).filter(({ kind }) => kind === "sums")).toEqual([
      {
        kind: "sums",
        account_id: 1,
        key: { grain: "slot", dim: "account", starts_at: expect.any(String), dim_id: 0 },
        stored: { offered_n: 5 },
        computed: { offered_n: 1 },
      },
    ]);
  });

  it("is recorded by the worker", async () => {
    await run(
      "update stats.sums set offered_n = 5 where grain = 'slot' and dim = 'account' and starts_at = '2026-03-03 22:45Z'",
    );
    const worker = await db.connect("parley_worker");
    const { rows: recorded } = await worker.query("select * from stats.record_verification()");
    expect(recorded).toMatchObject([{ dialogs: 10, differences: 1, example: { kind: "sums" } }]);
    expect(await rows("select differences from stats.state()")).toEqual([{ differences: 1 }]);
  });
});

describe("rebuild", () => {
  it.each(CORRUPTIONS)("mends what somebody did by hand in the time it is asked for: %s", async (sql) => {
    await run(sql);
    await run("select stats.rebuild(1, '2026-03-01Z', '2026-03-05Z')");
    expect(await differences()).toEqual([]);
  });

  it("computes the dialogs of that time only", async () => {
    expect(
      await rows("select stats.rebuild(1, '2026-03-03 23:00Z', '2026-03-04 23:00Z') as dialogs"),
    ).toEqual([{ dialogs: 2 }]);
  });
});

describe("settings", () => {
  it("that count dialogs otherwise have them computed anew, in chunks", async () => {
    await run("update chat.conversations set status = 0 where id = 1");
    await run("select stats.flush()");
    const reopened = () => rows("select dialog_id from stats.dialogs where is_reopened");
    expect(await reopened()).toEqual([]);
    await run("update stats.settings set reopen_within = '30 days'");
    expect(await differences()).toEqual([]);
    const chunks = [];
    for (let taken = 1; taken > 0; ) {
      taken = (await rows("select stats.work_off_rebuilds(4) as dialogs"))[0].dialogs;
      chunks.push(taken);
      expect(await differences()).toEqual([]);
    }
    expect(chunks).toEqual([4, 4, 3, 0]);
    expect(await reopened()).toEqual([{ dialog_id: 1 }]);
    expect(await rows("select * from stats.rebuilds")).toEqual([]);
  });

  it("that name another time zone drop the days, which are summed anew", async () => {
    const days = () =>
      rows(
        `select (s.starts_at at time zone t.time_zone)::text as day from stats.sums s join stats.settings t using (account_id)
         where s.grain = 'day' and s.dim = 'account' and s.resolution_n > 0 order by s.starts_at limit 2`,
      );
    expect(await days()).toEqual([{ day: "2026-03-01 00:00:00" }, { day: "2026-03-02 00:00:00" }]);
    await run("update stats.settings set time_zone = 'Asia/Kathmandu'");
    expect(await days()).toEqual([]);
    await run("select stats.finish_days()");
    expect(await days()).toEqual([{ day: "2026-03-02 00:00:00" }, { day: "2026-03-03 00:00:00" }]);
    expect(await differences()).toEqual([]);
  });

  it("that change wait for a flush, and keep the next one waiting", async () => {
    const other = await db.connect();
    await other.query("begin; update stats.settings set short_abandon = '1 minute'");
    await run("insert into chat.conversations (account_id, inbox_id) values (1, 1)");
    expect(await rows("select stats.flush() as dialogs")).toEqual([{ dialogs: 0 }]);
    await other.query("commit");
    expect(await rows("select stats.flush() as dialogs")).toEqual([{ dialogs: 1 }]);
  });
});

describe("finished days", () => {
  it("are moved on when the day has ended in the account's time zone", async () => {
    await run("update stats.settings set time_zone = 'America/New_York'");
    await at("03-20 03:59:00");
    await run("select stats.finish_days()");
    expect(await rows("select days_until::text from stats.settings")).toEqual([{ days_until: "2026-03-19" }]);
    await at("03-20 04:00:00");
    expect(await rows("select stats.finish_days() as accounts")).toEqual([{ accounts: 1 }]);
    expect(await rows("select days_until::text from stats.settings")).toEqual([{ days_until: "2026-03-20" }]);
    expect(await rows("select stats.finish_days() as accounts")).toEqual([{ accounts: 0 }]);
  });

  it("get what comes late", async () => {
    await run(
      "insert into chat.messages (conversation_id, content, message_type, created_at) values (1, 'late', 0, '2026-03-01 22:51Z')",
    );
    await run("select stats.flush()");
    expect(
      await rows(
        "select messages_received_n::int as n from stats.sums where grain = 'day' and dim = 'account' and starts_at = '2026-03-01Z'",
      ),
    ).toEqual([{ n: 2 }]);
    expect(await differences()).toEqual([]);
  });
});
