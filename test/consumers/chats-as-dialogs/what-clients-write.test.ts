import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { at, chat, newVisitor, useChats } from "./use-chats.ts";

const db = useDatabase();
const { store } = useChats(db);

describe("what clients write among the chats of a visitor", () => {
  /** A private note, a mention and a label, all at that time. */
  async function annotate(conversation: number, clock: string): Promise<void> {
    for (const statement of [
      `insert into chat.messages (conversation_id, content, message_type, sender_type, created_at) values ($1, 'aside', 1, 'User', $2)`,
      "insert into chat.mentions (conversation_id, user_id, mentioned_at) values ($1, 21, $2)",
      "insert into chat.events (conversation_id, name, created_at) values ($1, 'label_added', $2)",
    ])
      await db.pool.query(statement, [conversation, at(clock)]);
  }

  /** Chat and assignee of each thing written by `annotate`; a mention has no assignee. */
  async function annotations(conversation: number): Promise<string[]> {
    const { rows } = await db.pool.query(
      `select concat_ws(' ', a.what, c.chat_guid, a.assignee) as line
       from (
         select 'message' as what, dialog_id, additional_attributes ->> 'user_id_assigned' as assignee
         from chat.messages where conversation_id = $1 and content = 'aside'
         union all select 'mention', dialog_id, null from chat.mentions where conversation_id = $1
         union all select 'label', dialog_id, user_id::text from chat.events where conversation_id = $1 and name = 'label_added'
         union all select name, dialog_id, user_id::text from chat.events where conversation_id = $1 and name = 'first_response'
       ) a left join chat.chats c on c.dialog_id = a.dialog_id order by 1`,
      [conversation],
    );
    return rows.map(({ line }) => line);
  }
  const all = (guid: string, agent: string) => [
    `first_response ${guid} ${agent}`,
    `label ${guid} ${agent}`,
    `mention ${guid}`,
    `message ${guid} ${agent}`,
  ];

  it("belongs to the chat of its moment, whatever is stored and replaced later", async () => {
    const [Visitor, other] = [newVisitor(), newVisitor()];
    const named = (name: string) => `${Visitor.Id} ${name}`;
    const store_ = (name: string, start: string, end: string, agent: number, visitor = Visitor) =>
      store(
        chat({ ChatId: named(name), Visitor: visitor, Start: at(start), End: at(end), AgentIds: [agent] }),
      );
    const { conversation_id } = await store_("first", "09:00:00", "09:10:00", 21);
    await annotate(conversation_id, "12:00:00");
    expect(await annotations(conversation_id)).toEqual(all(named("first"), "21"));

    await store_("later", "11:30:00", "12:30:00", 22);
    expect(await annotations(conversation_id)).toEqual(all(named("later"), "22"));

    await store_("later", "11:30:00", "12:30:00", 23);
    expect(await annotations(conversation_id)).toEqual(all(named("later"), "23"));

    await store_("later", "13:00:00", "13:30:00", 22);
    expect(await annotations(conversation_id)).toEqual(all(named("first"), "21"));

    await store_("first", "14:00:00", "14:30:00", 21);
    expect((await annotations(conversation_id)).map((line) => line.trim())).toEqual([
      `first_response ${named("later")}`,
      `label ${named("later")}`,
      `mention ${named("later")}`,
      `message ${named("later")}`,
    ]);

    await store_("first", "09:00:00", "09:10:00", 21);
    await store_("between", "11:00:00", "12:10:00", 24);
    await store_("between", "11:00:00", "12:10:00", 24, other);
    expect(await annotations(conversation_id)).toEqual(all(named("first"), "21"));
  });
});
