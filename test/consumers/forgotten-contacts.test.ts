import { expect, it } from "vitest";
import { rows } from "../broker/test-queue.ts";
import { useDatabase } from "../setup/database.ts";
import { type Document, deliver, example } from "./deliver.ts";

const db = useDatabase();

/** What visitors and agents leave behind of one person: the events of that chat. */
const OF_A_CHAT = [
  "chat.started",
  "chat.visitor.replied",
  "chat.agent.replied",
  "chat.ended",
  "chat.rating.submitted",
  "chat.wrapup.submitted",
  "offlineMessage.submitted",
  "visitor.conversion.achieved",
];
const TABLES = [
  "chat_starts",
  "chat_replies",
  "chats",
  "messages",
  "ratings",
  "wrapups",
  "offline_messages",
  "chat_numbers",
  "conversions",
];

const chatOf = (visitor: string, number: number): Record<string, Document> => ({
  "chat.started": { ChatId: visitor },
  "chat.visitor.replied": { ChatId: visitor },
  "chat.agent.replied": { ChatId: visitor },
  "chat.ended": { ChatId: visitor, Visitor: { Id: visitor }, BotActions: [] },
  "chat.rating.submitted": { ChatGuid: visitor, ChatId: number },
  "chat.wrapup.submitted": { ChatId: number },
  "offlineMessage.submitted": { VisitorId: visitor, SourceChatId: null },
  "visitor.conversion.achieved": {
    Logs: [{ ConversionId: 1, VisitorId: Number(visitor), CreateTime: "2026-03-02T09:00:00Z" }],
  },
});

async function counts(): Promise<Document> {
  const [row] = await rows(
    db.pool,
    `select ${TABLES.map((table) => `(select count(*)::int from chat.${table}) as ${table}`).join(", ")}`,
  );
  return row!;
}

it("whoever is forgotten leaves nothing behind, and others keep what is theirs", async () => {
  let id = 0;
  const store = async (visitor: string, number: number) => {
    for (const name of OF_A_CHAT)
      await deliver(db.pool, {
        id: ++id,
        name,
        data: { ...example(name), SiteId: 1, ...chatOf(visitor, number)[name] },
      });
  };
  await store("1001", 501);
  const before = await counts();
  for (const table of TABLES) expect(before[table], table).toBeGreaterThan(0);
  await store("1002", 502);
  expect(await counts()).not.toEqual(before);

  const operator = await db.connect("parley_operator");
  const forget = "select chat.forget_contact(1, $1) as was_there";
  const [goes] = await rows<{ id: number }>(
    db.pool,
    "select id from chat.contacts where identifier = '1002'",
  );
  expect(await rows(operator, forget, [goes!.id])).toEqual([{ was_there: true }]);
  expect(await counts()).toEqual(before);
  expect(await rows(operator, forget, [goes!.id])).toEqual([{ was_there: false }]);
});
