import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { afterEach, beforeAll, expect, it } from "vitest";
import { column, rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";

const db = useDatabase();
let session: Client;

beforeAll(async () => {
  session = await db.connect();
  await createFirstAccount(session);
});

afterEach(async () => {
  await session.query("reset parley.now");
  expect(await brokenInvariants(session)).toEqual([]);
});

const create = (columns = "", values = "") =>
  value<number>(
    session,
    `insert into chat.conversations (account_id, inbox_id${columns}) values (1, 1${values}) returning id`,
  );

const happenings = (id: number) =>
  column(
    session,
    `select name from (
       select name, created_at from chat.events where conversation_id = $1
       union all select content, created_at from chat.messages where conversation_id = $1
     ) h order by created_at`,
    [id],
  );

it("a conversation is created, and used by the statement that creates it", async () => {
  const id = await value<number>(
    session,
    `with made as (insert into chat.conversations (account_id, inbox_id, assignee_id) values (1, 1, 1) returning id),
     said as (
       insert into chat.messages (conversation_id, message_type, sender_type, content)
       select id, 1, 'User', 'hello' from made returning id, conversation_id
     )
     insert into chat.mentions (conversation_id, message_id, user_id) select conversation_id, id, 2 from said
     returning conversation_id`,
  );
  expect(await happenings(id)).toEqual([
    "conversation_open",
    "conversation_assigned",
    "hello",
    "first_response",
  ]);
});

it("history that is mentioned by the statement that creates its conversation belongs to its dialog", async () => {
  const mentioned = await rows<{ dialog_id: number }>(
    session,
    `with made as (
       insert into chat.conversations (account_id, inbox_id, created_at) values (1, 1, '2020-01-01Z') returning id, dialog_id
     )
     insert into chat.mentions (conversation_id, user_id, mentioned_at) select id, 1, '2020-01-02Z' from made returning dialog_id`,
  );
  expect(mentioned[0]!.dialog_id).not.toBeNull();
});

it("a mention from before the last reopening, but of the last minute, is moved to it", async () => {
  await session.query("set parley.now = '2030-01-01T00:00:00Z'");
  const id = await create();
  await session.query("update chat.conversations set status = 1 where id = $1", [id]);
  await session.query("set parley.now = '2030-01-01T00:01:00Z'");
  await session.query("update chat.conversations set status = 0 where id = $1", [id]);
  expect(
    await rows(
      session,
      `insert into chat.mentions (conversation_id, user_id, mentioned_at) values ($1, 1, '2030-01-01T00:00:30Z')
       returning to_char(mentioned_at at time zone 'UTC', 'MI:SS') as at`,
      [id],
    ),
  ).toEqual([{ at: "01:00" }]);
});

it("COPY places every message behind the one before", async () => {
  await session.query("set parley.now = '2030-01-01Z'");
  const [one, other] = [await create(), await create(", assignee_id", ", 1")];
  await pipeline(
    Readable.from([`${one}\t1\tUser\ta\n${other}\t1\tUser\ta\n${one}\t0\tContact\tb\n${one}\t1\tUser\tc\n`]),
    session.query(
      copyFrom("copy chat.messages (conversation_id, message_type, sender_type, content) from stdin"),
    ),
  );
  expect(await happenings(one)).toEqual(["conversation_open", "a", "first_response", "b", "c"]);
  expect(await happenings(other)).toEqual([
    "conversation_open",
    "conversation_assigned",
    "a",
    "first_response",
  ]);
});

it("the first response is the earliest of the answers of a statement, whatever their order, and of those before", async () => {
  const [one, other] = [
    await create(", created_at", ", '2026-02-01Z'"),
    await create(", created_at", ", '2026-02-01Z'"),
  ];
  const answer = (answers: [conversation: number, hour: number][]) =>
    session.query(
      `insert into chat.messages (conversation_id, message_type, sender_type, content, created_at)
       select a.conversation_id, 1, 'User', a.hour || ' o''clock', '2026-02-01Z'::timestamptz + a.hour * interval '1 hour'
       from unnest($1::bigint[], $2::int[]) a (conversation_id, hour)`,
      [answers.map(([conversation]) => conversation), answers.map(([, hour]) => hour)],
    );
  await answer([
    [one, 9],
    [other, 8],
    [one, 7],
    [one, 8],
  ]);
  expect(await happenings(one)).toEqual([
    "conversation_open",
    "7 o'clock",
    "first_response",
    "8 o'clock",
    "9 o'clock",
  ]);
  await answer([
    [other, 9],
    [one, 6],
    [other, 7],
    [one, 5],
  ]);
  expect((await happenings(one)).slice(0, 3)).toEqual(["conversation_open", "5 o'clock", "first_response"]);
  expect((await happenings(other)).slice(0, 3)).toEqual(["conversation_open", "7 o'clock", "first_response"]);
  // These are history that came late, as the invariants know it by its name.
  await session.query("delete from chat.conversations where id = any($1)", [[one, other]]);
});

it("what a client logs lies between what happens before and after, however fast", async () => {
  await session.query("set parley.now = '2030-01-01Z'");
  const id = await create();
  const log = (name: string) =>
    session.query("insert into chat.events (conversation_id, name) values ($1, $2)", [id, name]);
  await log("label_added");
  await session.query("update chat.conversations set status = 2 where id = $1", [id]);
  await log("label_removed");
  await session.query(
    "insert into chat.messages (conversation_id, message_type, content) values ($1, 0, 'hi')",
    [id],
  );
  expect(await happenings(id)).toEqual([
    "conversation_open",
    "label_added",
    "conversation_pending",
    "label_removed",
    "hi",
  ]);
});

it("the assignee of a conversation that is created resolved is logged, and no dialog starts", async () => {
  const id = await create(", status, assignee_id", ", 1, 2");
  await session.query(
    "insert into chat.messages (conversation_id, message_type, content) values ($1, 0, 'hi')",
    [id],
  );
  await session.query("update chat.conversations set status = 0 where id = $1", [id]);
  expect(await happenings(id)).toEqual(["conversation_assigned", "hi", "conversation_open"]);
});

it("before the first dialog the first response stays right behind its message", async () => {
  await session.query("set parley.now = '2030-01-01Z'");
  const id = await create(", status", ", 1");
  await session.query(
    `insert into chat.messages (conversation_id, message_type, sender_type, content)
     select $1, 1, 'User', answer from unnest('{a,b,c}'::text[]) answer`,
    [id],
  );
  expect(await happenings(id)).toEqual(["a", "first_response", "b", "c"]);
});

it("what was said in a conversation that was created resolved belongs to its first dialog, once that starts", async () => {
  const id = await create(", status, assignee_id", ", 1, 2");
  await session.query(
    "insert into chat.messages (conversation_id, message_type, sender_type, content) values ($1, 1, 'User', 'before')",
    [id],
  );
  await session.query("insert into chat.mentions (conversation_id, user_id) values ($1, 3)", [id]);
  await session.query("update chat.conversations set status = 0 where id = $1", [id]);
  expect(
    await value(
      session,
      `select array_agg(distinct dialog_id = (select dialog_id from chat.conversations where id = $1)) from (
         select dialog_id from chat.events where conversation_id = $1
         union all select dialog_id from chat.messages where conversation_id = $1
         union all select dialog_id from chat.mentions where conversation_id = $1
       ) r`,
      [id],
    ),
  ).toEqual([true]);
  expect(await happenings(id)).toEqual([
    "conversation_assigned",
    "before",
    "first_response",
    "conversation_open",
  ]);
});

it("history of the same second is told in the order in which it is inserted", async () => {
  const id = await value<number>(
    session,
    `insert into chat.conversations (account_id, inbox_id, status, created_at)
     values (1, 1, 2, '2026-02-01 09:00Z') returning id`,
  );
  await session.query(
    "update chat.conversations set status = 0, assignee_id = 3, updated_at = '2026-02-01 09:02Z' where id = $1",
    [id],
  );
  await session.query(
    `insert into chat.messages (conversation_id, message_type, sender_type, content, created_at)
     values ($1, 1, 'User', 'same second', '2026-02-01 09:02Z')`,
    [id],
  );
  expect(
    await value(
      session,
      "select additional_attributes ->> 'user_id_assigned' from chat.messages where conversation_id = $1",
      [id],
    ),
  ).toBe("3");
  expect(await happenings(id)).toEqual([
    "conversation_pending",
    "conversation_open",
    "conversation_assigned",
    "same second",
    "first_response",
  ]);
});

it.each(["'-infinity'", "'4000-01-01 BC'"])("a time of %s is none of history", async (time) => {
  const id = await create();
  for (const statement of [
    `insert into chat.conversations (account_id, inbox_id, created_at) values (1, 1, ${time})`,
    `insert into chat.messages (conversation_id, message_type, created_at) values (${id}, 0, ${time})`,
    `insert into chat.events (conversation_id, name, created_at) values (${id}, 'mine', ${time})`,
  ]) {
    await expect(session.query(statement)).rejects.toMatchObject({ code: "PA041" });
  }
});
