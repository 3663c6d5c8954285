import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { beforeAll, describe, expect, it } from "vitest";
import { useLogin } from "../../broker/roles/login.ts";
import { column, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";

const db = useDatabase();
const login = useLogin(db, "parley_producer");
let producer: Client;

beforeAll(async () => {
  producer = await login.connect();
  await createFirstAccount(producer);
});

it("a producer writes conversations by rows: insert, update, COPY", async () => {
  const id = await value(
    producer,
    "insert into chat.conversations (account_id, inbox_id, contact_id, status) values (1, 1, 1, 2) returning id",
  );
  await producer.query("update chat.conversations set status = 0, assignee_id = 3 where id = $1", [id]);
  await pipeline(
    Readable.from([`${id}\t0\tHello\n${id}\t1\tWelcome\n`]),
    producer.query(copyFrom("copy chat.messages (conversation_id, message_type, content) from stdin")),
  );
  await producer.query("update chat.messages set content = 'gone', status = 2 where conversation_id = $1", [
    id,
  ]);
  await producer.query("insert into chat.events (conversation_id, name) values ($1, 'bot_handoff')", [id]);
  await producer.query("insert into chat.mentions (conversation_id, user_id) values ($1, 2)", [id]);
  expect(
    await column(producer, "select name from chat.events where conversation_id = $1 order by id", [id]),
  ).toEqual(["conversation_pending", "conversation_open", "conversation_assigned", "bot_handoff"]);
  expect(
    await column(producer, "select count(distinct dialog_id) from chat.messages where conversation_id = $1", [
      id,
    ]),
  ).toEqual([1]);
});

it("a producer calls the moves", async () => {
  const id = await value(producer, "select chat.open_conversation(1, 2, 1)");
  for (const call of [
    "append_message($1, 'Hi')",
    "assign_conversation($1, 1)",
    "unassign_conversation($1)",
    "mention_user($1, 1)",
    "snooze_conversation($1)",
    "reopen_conversation($1)",
    "resolve_conversation($1)",
  ]) {
    await producer.query(`select chat.${call}`, [id]);
  }
});

it("what a client logs under the name of a trigger's event is refused", async () => {
  const id = await value(producer, "select chat.open_conversation(1, 2, 1)");
  const log = producer.query(
    "insert into chat.events (conversation_id, name) values ($1, 'conversation_open')",
    [id],
  );
  await expect(log).rejects.toMatchObject({ code: "PA038" });
});

it("so is what a trigger of the client's own logs", async () => {
  const id = await value(producer, "select chat.open_conversation(1, 2, 1)");
  await producer.query(`
    create temp table mine (id bigint);
    create function pg_temp.forge() returns trigger language plpgsql as $$ begin
      insert into chat.events (conversation_id, name, account_id, inbox_id, created_at, updated_at)
      values (new.id, 'first_response', 1, 1, now(), now());
      return new;
    end $$;
    create trigger forge before insert on mine for each row execute function pg_temp.forge()`);
  await expect(producer.query("insert into mine values ($1)", [id])).rejects.toMatchObject({ code: "PA038" });
});

it("an event that a client logs for an agent who does not exist is refused", async () => {
  const id = await value(producer, "select chat.open_conversation(1, 2, 1)");
  const log = producer.query(
    "insert into chat.events (conversation_id, name, user_id) values ($1, 'mine', 99)",
    [id],
  );
  await expect(log).rejects.toThrow("account 1 has no agent 99");
});

describe("nobody but the owner may", () => {
  it.each([
    "insert into chat.dialogs (conversation_id) values (1)",
    "update chat.dialogs set status = 1",
    "update chat.messages set dialog_id = 1",
    "insert into chat.messages (conversation_id, message_type, dialog_id) values (1, 0, 1)",
    "update chat.messages set conversation_id = 1",
    "update chat.messages set created_at = now()",
    "update chat.conversations set dialog_id = 1",
    "update chat.conversations set created_at = now()",
    "update chat.conversations set account_id = 1",
    "insert into chat.conversations (id, account_id, inbox_id) values (1, 1, 1)",
    "update chat.events set name = 'x'",
    "insert into chat.events (conversation_id, name, dialog_id) values (1, 'x', 1)",
    "delete from chat.conversations",
    "delete from chat.messages",
    "delete from chat.events",
    "delete from chat.contacts",
    "update chat.users set id = 9",
    "truncate chat.messages",
    "select setval('chat.dialogs_id_seq', 1)",
    "select from chat.ratings",
    "select chat.wake_snoozed()",
    "select chat._chat_ended(1)",
    "select chat._set_status(1, 1)",
  ])("%s", async (statement) => {
    await expect(producer.query(statement)).rejects.toMatchObject({ code: "42501" });
  });
});
