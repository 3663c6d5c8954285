import { expect, it } from "vitest";
import persistence from "../../workers/consumers/persistence.ts";
import { useDatabase } from "../setup/database.ts";
import { drain } from "../setup/worker.ts";
import { type Document, example } from "./deliver.ts";
import { storedChat } from "./stored.ts";

const db = useDatabase();

async function put(name: string, data: Document): Promise<number> {
  const { rows } = await db.pool.query("select broker.put_event(name => $1, data => $2) as id", [name, data]);
  return rows[0].id;
}

it("stores what is put, and moves a broken document to the error queue with the reason", async () => {
  await put("chat.wrapup.submitted", example("chat.wrapup.submitted"));
  const ended = await put("chat.ended", example("chat.ended"));
  await put("chat.rating.submitted", example("chat.rating.submitted"));
  await put("ban.added", example("ban.added"));
  const broken = await put("agent.status.changed", { ...example("agent.status.changed"), Time: "yesterday" });
  const after = await put("agent.status.changed", example("agent.status.changed"));

  await drain(db.url, persistence.definition);

  expect(await storedChat(db.pool, ended)).toMatchObject({ PreChatName: "Дарина Коваль" });
  const { rows } = await db.pool.query(`
    select (select rating_grade from chat.chat_ratings where dialog_id is not null) as grade,
      (select comment from chat.chat_wrapups where dialog_id is not null) as comment,
      (select comment from chat.bans) as ban,
      (select event_id from chat.agent_status_changes) as status_event`);
  expect(rows).toEqual([
    {
      grade: 5,
      comment: "包裹已在海关放行 — courier tomorrow.",
      ban: "Spam from 203.0.113.0/24",
      status_event: after,
    },
  ]);

  const errors = await db.pool.query("select event_id, error_code, error from broker.error_messages");
  expect(errors.rows).toEqual([
    { event_id: broken, error_code: "PA020", error: 'Time: expected a date, got "yesterday"' },
  ]);
  const { rows: queues } = await db.pool.query(
    "select waiting from broker.queue_status where queue = 'PersistenceQueue'",
  );
  expect(queues).toEqual([{ waiting: 0 }]);
});
