import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { useDatabase } from "../setup/database.ts";

const db = useDatabase();
const script = readFileSync(new URL("../../examples/conversations.sql", import.meta.url), "utf8");

test("conversations.sql, run by a producer, leaves two dialogs and what happened in them, once", async () => {
  const producer = await db.connect("parley_producer");
  await producer.query(script);

  const { rows: events } = await db.pool.query(
    "select name, value, user_id, dense_rank() over (order by dialog_id) as dialog from chat.events order by created_at",
  );
  expect(events.map(({ name, value, user_id, dialog }) => [dialog, value / 60, name, user_id])).toEqual([
    [1, 0, "conversation_pending", null],
    [1, 5, "conversation_open", 1],
    [1, 5, "conversation_assigned", 1],
    [1, 6, "first_response", 1],
    [1, 12, "conversation_snoozed", 1],
    [1, 30, "conversation_open", 1],
    [1, 31, "conversation_assigned", 2],
    [1, 36, "conversation_resolved", 2],
    [2, 55, "conversation_open", 2],
  ]);
  const { rows: said } = await db.pool.query(
    "select (select count(*) from chat.messages) as messages, (select count(*) from chat.mentions) as mentions",
  );
  expect(said).toEqual([{ messages: 7, mentions: 1 }]);

  await expect(producer.query(script)).rejects.toMatchObject({ code: "23505" });
});
