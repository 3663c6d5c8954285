import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";

const db = useDatabase();
const CONVERSATIONS = 20_000;
const LONG = 1;
const SHORT = 2;
/** plpgsql keeps a plan for any values after five runs. */
const RUNS_UNTIL_KEPT = 6;

/** Of everything in schema chat, as far as this transaction goes. */
const PAGES = `select sum(pg_stat_get_xact_blocks_fetched(oid))::int from pg_class where relnamespace = 'chat'::regnamespace`;

/** A chat that came as an event: stored for the first time, or replaced by an event put later. */
const storeChat = (eventId: string) => `
  select chat.store_chat_ended(${eventId}, now(), jsonb_build_object(
    'account_id', 1, 'chat_guid', 'chat ' || $1::int, 'agent_ids', '[1]'::jsonb,
    'visitor', jsonb_build_object('visitor_id', 'visitor ' || $1::int, 'segment_ids', '[]'::jsonb),
    'started_at', '2020-01-03T09:00Z', 'ended_at', '2020-01-03T09:10Z',
    'messages', '[{"line_id": 1, "sender_type": 1, "created_at": "2020-01-03T09:01Z"}]'::jsonb))`;

const STATEMENTS = {
  "a message":
    "insert into chat.messages (conversation_id, message_type, sender_type) values ($1, 1, 'User') returning id",
  "a message of history":
    "insert into chat.messages (conversation_id, message_type, created_at) values ($1, 0, '2020-01-01T12:00Z') returning id",
  "a mention": "insert into chat.mentions (conversation_id, user_id) values ($1, 1)",
  "a mention of history":
    "insert into chat.mentions (conversation_id, user_id, mentioned_at) values ($1, 1, '2020-01-01T12:00Z')",
  "an event of a client": "insert into chat.events (conversation_id, name) values ($1, 'label_added')",
  "an assignment": "update chat.conversations set assignee_id = 3 - coalesce(assignee_id, 1) where id = $1",
  "a message by function": "select chat.append_message($1, 'Hello', source_id => 'a')",
  "an assignment by function": "select chat.assign_conversation($1, 2)",
  "a mention by function": "select chat.mention_user($1, 1)",
  "a resolution by function": "select chat.resolve_conversation($1)",
  "a deletion of an agent":
    "update chat.users set deleted_at = now() where account_id = 1 and id = 3 and $1::int > 0",
  "a conversation that is opened by its contact": "select chat.open_conversation(1, 1, $1)",
  "a conversation that is opened by its identifier":
    "select chat.open_conversation(1, 1, 1, identifier => $1::int::text)",
  "a chat that came as an event": storeChat("-1"),
  "a chat that came as an event a second time": `${storeChat("-1")}, ${storeChat("0").replace(/^\s*select /, "")}`,
  "a resolution and a reopening": "update chat.conversations set status = 1 - status where id = $1",
};

let session: Client;

/** By statement, on the empty tables. Storing a chat takes more than a change of one, and indexes have a page more when full. */
const pagesWhenEmpty = new Map<string, number>();
const fewPages = (statement: string) => Math.max(80, 2 * pagesWhenEmpty.get(statement)!);

/** Pages that the statement touches with its triggers and constraints; it is rolled back. */
async function pagesOf(statement: string, conversation: number): Promise<number> {
  await session.query("begin");
  const before = await value<number>(session, PAGES);
  await session.query(statement, [conversation]);
  await session.query("set constraints all immediate");
  const after = await value<number>(session, PAGES);
  await session.query("rollback");
  return after - before;
}

beforeAll(async () => {
  session = await db.connect();
  await createFirstAccount(session);
  for (const table of ["conversations", "dialogs", "events", "messages", "mentions"])
    await session.query(`vacuum analyze chat.${table}`);
  await session.query("begin");
  const id = await value<number>(
    session,
    "insert into chat.conversations (account_id, inbox_id) values (1, 1) returning id",
  );
  for (let run = 0; run < RUNS_UNTIL_KEPT; run++)
    for (const statement of Object.values(STATEMENTS)) {
      await session.query("savepoint before_statement");
      const before = await value<number>(session, PAGES);
      await session.query(statement, [id]);
      pagesWhenEmpty.set(statement, (await value<number>(session, PAGES)) - before);
      if (statement.includes("store_chat_ended")) await session.query("rollback to before_statement");
    }
  await session.query("set constraints all immediate; rollback");

  const filler = await db.connect();
  await filler.query(
    `set session_replication_role = replica;
     insert into chat.contacts (id, account_id) select i, 1 from generate_series(2, ${CONVERSATIONS}) i;
     insert into chat.conversations
       (id, account_id, inbox_id, contact_id, identifier, assignee_id, dialog_id, created_at, updated_at)
     select i, 1, 1, i, i, 1, i, '2020-01-01Z', '2020-01-01Z' from generate_series(1, ${CONVERSATIONS}) i;
     insert into chat.dialogs (id, account_id, inbox_id, conversation_id, status, assignee_id, created_at, updated_at)
     select i, 1, 1, i, 0, 1, '2020-01-01Z', '2020-01-01Z' from generate_series(1, ${CONVERSATIONS}) i;
     insert into chat.events (name, account_id, inbox_id, user_id, conversation_id, dialog_id, created_at, updated_at)
     select e.name, 1, 1, 1, i, i, '2020-01-01Z', '2020-01-01Z'
     from generate_series(1, ${CONVERSATIONS}) i, unnest('{conversation_open,conversation_assigned}'::text[]) e (name);
     insert into chat.messages (account_id, inbox_id, conversation_id, dialog_id, message_type, additional_attributes, created_at, updated_at)
     select 1, 1, case when i % 2 = 0 then ${LONG} else i % ${CONVERSATIONS} + 1 end, 1, 0, '{"user_id_assigned": "1"}',
       '2020-01-02Z'::timestamptz + i * interval '1 second', '2020-01-02Z'
     from generate_series(1, 5 * ${CONVERSATIONS}) i;
     select setval('chat.contacts_id_seq', ${CONVERSATIONS}), setval('chat.conversations_id_seq', ${CONVERSATIONS}), setval('chat.dialogs_id_seq', ${CONVERSATIONS})`,
  );
});

it.each(Object.entries(STATEMENTS))(
  "%s touches few pages, though it was planned on empty tables",
  async (_what, statement) => {
    expect(await pagesOf(statement, SHORT)).toBeLessThan(fewPages(statement));
    expect(await pagesOf(statement, LONG)).toBeLessThan(fewPages(statement));
  },
);
