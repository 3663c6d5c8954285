import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createFirstAccount } from "../../chat/first-account.ts";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";

const db = useDatabase();
let conversation: number;

beforeAll(() => createFirstAccount(db.pool));

/** 10:00 asked, 10:01 answered, 10:05 asked again; summed. */
beforeEach(async () => {
  const { rows } = await db.pool.query(
    `insert into chat.conversations (account_id, inbox_id, contact_id, assignee_id, created_at)
     values (1, 1, 1, 1, '2026-03-02 10:00Z') returning id::int`,
  );
  conversation = rows[0].id;
  await said("10:00", "Contact");
  await said("10:01", "User");
  await said("10:05", "Contact");
  await flush();
});

afterEach(async () => {
  expect((await db.pool.query("select * from stats.verify()")).rows).toEqual([]);
});

const flush = () => db.pool.query("select stats.flush()");

const said = (clock: string, sender: "Contact" | "User") =>
  db.pool.query(
    `insert into chat.messages (conversation_id, content, message_type, sender_type, sender_id, created_at)
     values ($1, '…', $2, $3, 1, $4)`,
    [conversation, sender === "User" ? 1 : 0, sender, `2026-03-02 ${clock}Z`],
  );

async function turns(): Promise<string[]> {
  const { rows } = await db.pool.query(
    `select to_char(t.waiting_since at time zone 'UTC', 'HH24:MI') || ' to ' ||
       coalesce(to_char(t.replied_at at time zone 'UTC', 'HH24:MI'), 'now') as turn
     from stats.turns t join chat.dialogs d on d.id = t.dialog_id where d.conversation_id = $1 order by t.n`,
    [conversation],
  );
  return rows.map(({ turn }) => turn);
}

async function received(): Promise<number> {
  const { rows } = await db.pool.query(
    "select s.messages_received as n from stats.dialogs s join chat.dialogs d on d.id = s.dialog_id where d.conversation_id = $1",
    [conversation],
  );
  return rows[0].n;
}

it("a reply ends the turn that waited", async () => {
  await said("10:07", "User");
  await flush();
  expect(await turns()).toEqual(["10:00 to 10:01", "10:05 to 10:07"]);
});

it("further messages of the customer wait since the first", async () => {
  await said("10:06", "Contact");
  await said("10:08", "User");
  await said("10:09", "Contact");
  await flush();
  expect(await turns()).toEqual(["10:00 to 10:01", "10:05 to 10:08", "10:09 to now"]);
  expect(await received()).toBe(4);
});

it("what is said later is read, what was summed is not", async () => {
  await db.pool.query("alter table chat.messages disable trigger user");
  await db.pool.query("delete from chat.messages where conversation_id = $1", [conversation]);
  await db.pool.query("alter table chat.messages enable trigger user");
  await said("10:06", "Contact");
  await flush();
  expect(await received()).toBe(3);

  await db.pool.query("select stats.rebuild(1, '-infinity', 'infinity')");
  expect(await received()).toBe(1);
});

it("what is said while a flush has begun is left to the next: the dialog goes on, however often that happens", async () => {
  await said("10:06", "Contact");
  const holder = await db.connect();
  await holder.query("begin; select from stats.stale for update");
  const flushing = flush();
  await until("the flush removes what it has read", async () => {
    const { rowCount } = await db.pool.query(
      "select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0",
    );
    return rowCount === 1;
  });
  await said("10:07", "Contact");
  await holder.query("commit");
  await flushing;
  expect(await received()).toBe(3);
  await flush();
  expect(await received()).toBe(4);
});

it.each([
  ["in between", "10:03", ["10:00 to 10:01", "10:05 to now"]],
  ["at the same moment as the last", "10:05", ["10:00 to 10:01", "10:05 to 10:05"]],
])("what comes late, %s, is counted where it belongs", async (_, clock, expected) => {
  await said(clock, "User");
  await flush();
  expect(await turns()).toEqual(expected);
});

it("what is said and withdrawn, or said beside another change, is computed from all rows", async () => {
  await said("10:06", "Contact");
  await db.pool.query(
    "delete from chat.messages where conversation_id = $1 and created_at = '2026-03-02 10:05Z'",
    [conversation],
  );
  await flush();
  expect(await turns()).toEqual(["10:00 to 10:01", "10:06 to now"]);

  await said("10:07", "Contact");
  await db.pool.query("update chat.conversations set assignee_id = null where id = $1", [conversation]);
  await flush();
  expect(await received()).toBe(3);
});

it("what is said after the resolution counts, and ends no turn", async () => {
  await db.pool.query(
    `set local parley.now = '2026-03-02 10:10Z'; update chat.conversations set status = 1 where id = ${conversation}`,
  );
  await flush();
  await said("10:20", "User");
  await flush();
  expect(await turns()).toEqual(["10:00 to 10:01", "10:05 to now"]);
});
