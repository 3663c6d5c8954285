import { beforeAll, expect, it } from "vitest";
import { beginningOf, type Outline, tellStory } from "../../bench/stats/story/story.ts";
import { createDoor } from "../../bench/stats/write/door.ts";
import { furnish } from "../../bench/stats/write/furnish.ts";
import { load } from "../../bench/stats/write/load.ts";
import { useDatabase } from "../setup/database.ts";

// The loader of the benchmarks writes millions of rows without triggers; they must be those that triggers write.
const byTriggers = useDatabase();
const byLoader = useDatabase();

const OUTLINE: Outline = { seed: 7, dialogs: 500, days: 15, until: Date.UTC(2026, 2, 31, 15) };

beforeAll(async () => {
  const client = await byTriggers.connect();
  await client.query("set synchronous_commit = off");
  await furnish(client, beginningOf(OUTLINE));
  const perform = createDoor(client);
  for (const action of tellStory(OUTLINE)) await perform(action);
  await load(byLoader.url, OUTLINE);
});

it.each([
  ["accounts", "id"],
  ["inboxes", "id"],
  ["teams", "account_id, id"],
  ["users", "account_id, id"],
  ["contacts", "id"],
  ["conversations", "id"],
  ["dialogs", "id"],
  ["events", "id"],
  ["messages", "id"],
  ["mentions", "id"],
  ["ratings", "id"],
  ["wrapups", "id"],
  ["agent_status_changes", "event_id"],
])("loads the rows of %s that triggers write", async (table, key) => {
  const [loaded, written] = await Promise.all(
    [byLoader, byTriggers].map(async ({ pool }) => {
      const { rows } = await pool.query(`select r::text as row from chat.${table} r order by ${key}`);
      return rows.map(({ row }) => row);
    }),
  );
  expect(loaded).toEqual(written);
  expect(loaded!.length).toBeGreaterThan(0);
});

it("leaves sequences behind what it has loaded", async () => {
  const nextIds = `select nextval('chat.conversations_id_seq') as conversation, nextval('chat.dialogs_id_seq') as dialog,
    nextval('chat.events_id_seq') as event, nextval('chat.messages_id_seq') as message`;
  const [loaded, written] = await Promise.all([byLoader, byTriggers].map(({ pool }) => pool.query(nextIds)));
  expect(loaded!.rows).toEqual(written!.rows);
});

// What the figures are about must be in the story.
it.each([
  ["dialogs that last", "select from chat.dialogs where status <> 1"],
  [
    "conversations with several dialogs",
    "select from chat.dialogs group by conversation_id having count(*) > 2",
  ],
  [
    "transfers",
    "select from chat.events where name = 'conversation_assigned' group by dialog_id having count(*) > 1",
  ],
  ["dialogs of the bot", "select from chat.events where name = 'conversation_pending'"],
  ["snoozed ones", "select from chat.events where name = 'conversation_snoozed'"],
  [
    "ones taken from their agent",
    "select from chat.events where name = 'conversation_assigned' and user_id is null",
  ],
  [
    "notes with mentions",
    "select from chat.mentions m join chat.messages n on n.id = m.message_id and n.private",
  ],
  ["answers of rules", "select from chat.messages where content_attributes ? 'automation_rule_id'"],
  [
    "what was said after a resolution",
    "select from chat.messages m join chat.dialogs d on d.id = m.dialog_id and m.created_at > d.updated_at",
  ],
  ["dialogs rated", "select from chat.chat_ratings where dialog_id is not null"],
  ["dialogs wrapped up", "select from chat.chat_wrapups where dialog_id is not null"],
])("tells of %s", async (_, query) => {
  const { rowCount } = await byLoader.pool.query(query);
  expect(rowCount).toBeGreaterThan(0);
});

it("tells the same story twice", () => {
  expect([...tellStory(OUTLINE)]).toEqual([...tellStory(OUTLINE)]);
});
