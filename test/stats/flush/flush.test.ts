import type { Client } from "pg";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { readSums } from "../read-sums.ts";
import { recount } from "../recount.ts";

const db = useDatabase();
let reader: Client;

beforeEach(async () => {
  await db.pool.query("truncate chat.accounts restart identity cascade");
  await db.pool.query("truncate stats.settings, stats.rebuilds");
  await createFirstAccount(db.pool);
  reader = await db.connect();
  await reader.query("set parley.account_id = '1'");
});

const open = (times = 1) =>
  db.pool.query(
    "insert into chat.conversations (account_id, inbox_id, contact_id) select 1, 1, 1 from generate_series(1, $1)",
    [times],
  );
const flush = async (session: Client | typeof db.pool = db.pool, most = 2000): Promise<number> =>
  (await session.query("select stats.flush($1) as dialogs", [most])).rows[0].dialogs;
const count = async (table: string): Promise<number> =>
  (await db.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n;

describe("a flush", () => {
  it("takes as many dialogs as it may, the oldest first, until nothing is left", async () => {
    await open(5);
    expect([
      await flush(db.pool, 2),
      await flush(db.pool, 2),
      await flush(db.pool, 2),
      await flush(db.pool, 2),
    ]).toEqual([2, 2, 1, 0]);
    expect(await count("stats.dialogs")).toBe(5);
    expect(await count("stats.stale")).toBe(0);
  });

  it("leaves the work to the session that has begun it", async () => {
    await open();
    const first = await db.connect();
    await first.query("begin");
    expect(await flush(first)).toBe(1);
    expect(await flush()).toBe(0);
    expect(await count("stats.stale")).toBe(1);
    await first.query("rollback");
    expect(await flush()).toBe(1);
  });

  it("that is killed leaves everything to the next one", async () => {
    await open(2);
    const session = await db.connect();
    session.on("error", () => {});
    await session.query("begin");
    await flush(session);
    const { rows } = await session.query("select pg_backend_pid() as pid");
    await db.pool.query("select pg_terminate_backend($1, 5000)", [rows[0].pid]);
    expect(await readSums(reader)).toEqual(await recount(reader));
    expect(await flush()).toBe(2);
    expect(await readSums(reader)).toEqual(await recount(reader));
  });

  it("leaves what a longer transaction writes to a later one", async () => {
    const writer = await db.connect();
    await writer.query("begin; insert into chat.conversations (account_id, inbox_id) values (1, 1)");
    await open();
    expect(await flush()).toBe(1);
    await writer.query("commit");
    expect(await readSums(reader)).toEqual(await recount(reader));
    expect(await flush()).toBe(1);
  });

  it("computes the dialogs before and after one that comes or goes, too", async () => {
    await db.pool.query(
      "insert into chat.conversations (account_id, inbox_id, assignee_id) values (1, 1, 1)",
    );
    const stored = async () =>
      (
        await db.pool.query(
          "select is_reopened, is_first_contact_resolution from stats.dialogs order by dialog_id",
        )
      ).rows;
    await db.pool.query("update chat.conversations set status = 1");
    await flush();
    expect(await stored()).toEqual([{ is_reopened: false, is_first_contact_resolution: true }]);
    await db.pool.query("update chat.conversations set status = 0");
    await flush();
    expect(await stored()).toMatchObject([{ is_reopened: true, is_first_contact_resolution: false }, {}]);
    await db.pool.query("delete from chat.dialogs where status = 0");
    await flush();
    expect(await stored()).toEqual([{ is_reopened: false, is_first_contact_resolution: true }]);
  });

  it("is refused above READ COMMITTED: it would not see what has been summed", async () => {
    const session = await db.connect();
    await session.query("begin isolation level repeatable read");
    await expect(flush(session)).rejects.toMatchObject({ code: "PA040" });
  });
});

describe("looks into stale", () => {
  const horizon = async () => (await db.pool.query("select id::int from stats.horizon")).rows[0].id;
  const newest = async () =>
    (await db.pool.query("select last_value::int as id from stats.stale_id_seq")).rows[0].id;
  /** Flushes something until the horizon has reached this id. Sessions of other databases may hold it for a moment. */
  const follow = (id: number) =>
    until(
      "the horizon follows",
      async () => {
        await open();
        await flush();
        return (await horizon()) > id;
      },
      60_000,
    );

  it("begin behind what is gone, not behind what a longer transaction may still bring", async () => {
    await open();
    await follow(await newest());

    const writer = await db.connect();
    onTestFinished(async () => void (await writer.query("rollback")));
    await writer.query("begin; insert into chat.conversations (account_id, inbox_id) values (1, 1)");
    const drawn = await newest();
    for (let times = 0; times < 5; times++) {
      await open();
      await flush();
    }
    expect(await horizon()).toBeLessThanOrEqual(drawn);
    await writer.query("commit");
    expect(await readSums(reader)).toEqual(await recount(reader));
    await follow(drawn);
    expect(await count("stats.dialogs")).toBe(await count("chat.dialogs"));
  }, 130_000);

  it("go on where they were after a dump is restored, on a server with younger transactions", async () => {
    await db.pool.query("update stats.horizon set next_xid = '4000000000'");
    await open();
    await follow(await newest());
  }, 70_000);
});

describe("readers", () => {
  it("of an older snapshot see the numbers of then, before and after a flush", async () => {
    await open();
    await reader.query("begin isolation level repeatable read read only");
    const then = await readSums(reader);
    await open(3);
    await db.pool.query("delete from chat.conversations where id = 1");
    await flush();
    expect(await readSums(reader)).toEqual(then);
    expect(then).toEqual(await recount(reader));
    await reader.query("rollback");
    expect(await readSums(reader)).toEqual(await recount(reader));
  });

  it("see nothing that is pending in other accounts", async () => {
    await open();
    await reader.query("set parley.account_id = '2'");
    for (const pending of ["pending", "pending_dialogs", "pending_changes"])
      expect((await reader.query(`select * from stats.${pending}(1)`)).rows).toEqual([]);
  });
});

describe("what is noted", () => {
  const noted = async (statement: string) => {
    await db.pool.query("truncate stats.stale");
    await db.pool.query(statement);
    return count("stats.stale");
  };

  const SAY_100 =
    "insert into chat.messages (conversation_id, content, message_type) select 1 + i % 2, '', 0 from generate_series(1, 100) i";

  it("is one row for a message, and one for a dialog whose messages are deleted", async () => {
    await open(2);
    expect(await noted(SAY_100)).toBe(100);
    expect(await noted("delete from chat.messages")).toBe(2);
  });

  it("is summed at once, though a flush of so many dialogs takes several notes of each", async () => {
    await open(2);
    await noted(SAY_100);
    expect(await flush(db.pool, 2)).toBe(2);
    expect(await count("stats.stale")).toBe(0);
  });

  it("is as good as a full batch if it is too much for one flush: whoever flushes goes on", async () => {
    await open();
    await noted(
      "insert into chat.messages (conversation_id, content, message_type) select 1, '', 0 from generate_series(1, 110)",
    );
    expect([await flush(db.pool, 2), await flush(db.pool, 2), await flush(db.pool, 2)]).toEqual([2, 1, 0]);
  });

  it("is nothing for what does not count", async () => {
    await open();
    await db.pool.query(
      "insert into chat.messages (conversation_id, content, message_type) values (1, '', 0)",
    );
    for (const statement of [
      "update chat.messages set status = 2, content = 'seen', source_id = 'a'",
      "update chat.conversations set custom_attributes = '{\"vip\": true}'",
      "insert into chat.events (conversation_id, name) values (1, 'label_added')",
    ]) {
      expect(await noted(statement)).toBe(0);
    }
  });

  it("is the dialog whose team, inbox or contact changes", async () => {
    await open();
    expect(await noted("update chat.conversations set team_id = 1")).toBe(1);
    expect(await noted("update chat.conversations set inbox_id = 2")).toBe(1);
  });

  it("are all dialogs when messages are truncated; without conversations nothing is left", async () => {
    await open(3);
    await flush();
    await db.pool.query("truncate chat.messages cascade");
    expect(await count("(select distinct dialog_id from stats.stale) s")).toBe(3);
    await db.pool.query("truncate chat.conversations cascade");
    expect([await count("stats.dialogs"), await count("stats.sums"), await count("stats.stale")]).toEqual([
      0, 0, 0,
    ]);
  });

  it("would not be all dialogs in a snapshot of before: nothing is truncated above READ COMMITTED", async () => {
    await reader.query("begin isolation level repeatable read");
    await expect(reader.query("truncate chat.messages cascade")).rejects.toMatchObject({ code: "PA040" });
    await reader.query("rollback");
  });
});
