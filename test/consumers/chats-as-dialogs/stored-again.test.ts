import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { AGENT, at, chat, message, newVisitor, SITE, settled, useChats } from "./use-chats.ts";

const db = useDatabase();
const { store, eventsOf, messagesOf, conversationsOf, contactOf } = useChats(db);

describe("a chat that ends a second time", () => {
  it("is the same dialog with other times, agents and messages", async () => {
    const Visitor = newVisitor();
    const first = await store(chat({ ChatId: "changed", Visitor, Messages: [message("09:01:00", AGENT)] }));
    await store(
      chat({ ChatId: "later", Visitor, Start: at("11:00:00"), End: at("11:10:00"), AgentIds: [21] }),
    );
    const changed = await store(
      chat({
        ChatId: "changed",
        Visitor,
        AgentIds: [22],
        Start: at("08:00:00"),
        End: at("08:30:00"),
        Messages: [message("08:10:00", AGENT, "new")],
      }),
    );
    expect(changed).toMatchObject({
      id: first.id,
      conversation_id: first.conversation_id,
      assignee_id: 22,
      created_at: new Date(at("08:00:00")),
    });
    expect(await conversationsOf(Visitor)).toEqual([settled("changed", "later")]);
    expect(await eventsOf(first.id)).toEqual([
      "08:00:00 open 22",
      "08:00:00.000001 assigned 22",
      "08:10:00.000001 first_response 22",
      "08:30:00 resolved 22",
    ]);
    expect(await messagesOf(first.id)).toMatchObject([{ content: "new" }]);
    const { rows } = await db.pool.query(
      "select value from chat.events where conversation_id = $1 and user_id = 21 and name = 'conversation_resolved'",
      [first.conversation_id],
    );
    expect(rows).toEqual([{ value: 3 * 3600 + 600 }]);
  });

  it("may begin later than before: then its conversation does, too", async () => {
    const Visitor = newVisitor();
    await store(chat({ ChatId: "shrinks", Visitor, AgentIds: [22] }));
    await store(chat({ ChatId: "shrinks", Visitor, Start: at("09:05:00"), End: at("09:06:00") }));
    expect(await conversationsOf(Visitor)).toEqual([settled("shrinks")]);
  });

  it("may be the first no more: the first answer is then one of the dialog that is", async () => {
    const Visitor = newVisitor();
    const answeredAt = (clock: string) => ({ Messages: [message(clock, AGENT)] });
    await store(chat({ ChatId: "moves", Visitor, ...answeredAt("09:01:00") }));
    const stays = await store(
      chat({
        ChatId: "stays",
        Visitor,
        Start: at("10:00:00"),
        End: at("10:10:00"),
        ...answeredAt("10:01:00"),
      }),
    );
    await store(
      chat({
        ChatId: "moves",
        Visitor,
        Start: at("11:00:00"),
        End: at("11:10:00"),
        ...answeredAt("11:01:00"),
      }),
    );
    expect(await conversationsOf(Visitor)).toEqual([settled("stays", "moves")]);
    expect(await eventsOf(stays.id)).toContain("10:01:00.000001 first_response 21");
  });

  it("may turn out to be another visitor's: what others wrote stays where it was", async () => {
    const [wrong, right] = [newVisitor(), newVisitor()];
    const earlier = await store(
      chat({ ChatId: "stays behind", Visitor: wrong, Start: at("07:00:00"), End: at("07:10:00") }),
    );
    const moved = await store(chat({ ChatId: "moves over", Visitor: wrong }));
    const note = { text: "a note of the account's own", conversation: moved.conversation_id };
    await db.pool.query(
      `insert into chat.messages (account_id, inbox_id, conversation_id, content, message_type, private, created_at)
       select account_id, inbox_id, id, $2, 1, true, $3 from chat.conversations where id = $1`,
      [note.conversation, note.text, at("09:05:00")],
    );
    const again = await store(chat({ ChatId: "moves over", Visitor: right }));
    expect(again.id).toBe(moved.id);
    expect(await conversationsOf(wrong)).toMatchObject([
      { chats: ["stays behind"], isLast: true, isFirst: true },
    ]);
    expect(await conversationsOf(right)).toEqual([settled("moves over")]);
    const { rows } = await db.pool.query(
      "select conversation_id, dialog_id from chat.messages where content = $1",
      [note.text],
    );
    expect(rows).toEqual([{ conversation_id: note.conversation, dialog_id: earlier.id }]);
  });

  it("leaves a conversation behind that clients have described", async () => {
    const [wrong, right] = [newVisitor(), newVisitor()];
    const { conversation_id } = await store(chat({ ChatId: "described", Visitor: wrong }));
    await db.pool.query("update chat.conversations set custom_attributes = '{\"vip\": true}' where id = $1", [
      conversation_id,
    ]);
    await store(chat({ ChatId: "described", Visitor: right }));
    expect(await conversationsOf(wrong)).toHaveLength(1);
  });

  it("leaves no empty conversation behind", async () => {
    const [wrong, right] = [newVisitor(), newVisitor()];
    await store(chat({ ChatId: "the only one", Visitor: wrong, Messages: [message("09:01:00", AGENT)] }));
    await store(chat({ ChatId: "the only one", Visitor: right }));
    expect(await conversationsOf(wrong)).toEqual([]);
  });
});

it("a chat that has been overtaken leaves no trace", async () => {
  const [Visitor, overtaken] = [newVisitor(), newVisitor()];
  await store(chat({ ChatId: "overtakes", Visitor }), 1002);
  const AgentIds = [61];
  await store(chat({ ChatId: "overtakes", Visitor: overtaken, AgentIds }), 1001);
  expect(await contactOf(overtaken.Id)).toBeUndefined();
  const { rows } = await db.pool.query("select from chat.users where account_id = $1 and id = any ($2)", [
    SITE,
    AgentIds,
  ]);
  expect(rows).toEqual([]);
});
