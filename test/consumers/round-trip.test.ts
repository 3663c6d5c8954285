import { describe, expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { type Document, deliver, example } from "./deliver.ts";
import { storedEvent } from "./event-tables.ts";
import { corrected, SEED_CLASSES, withCanonicalTimes } from "./seed-classes.ts";
import { canonicalTime, storedChat, storedRating, storedWrapup } from "./stored.ts";

const db = useDatabase();

describe("a document comes back from the tables with every member", () => {
  it.each([
    { id: 101, name: "chat.ended", stored: storedChat },
    { id: 102, name: "chat.rating.submitted", stored: storedRating },
    { id: 103, name: "chat.wrapup.submitted", stored: storedWrapup },
  ])("$name", async ({ id, name, stored }) => {
    await deliver(db.pool, { id, name, data: example(name) });
    const expected = withCanonicalTimes(corrected(example(name)), canonicalTime);
    expect(await stored(db.pool, id)).toEqual(expected);
  });
});

describe("the examples hold every member of the source document, as printed there", () => {
  const chat = example("chat.ended") as Record<string, Document & Document[]>;
  const rating = example("chat.rating.submitted") as Record<string, Document[]>;
  const salesforce = chat.Salesforce as unknown as Record<string, Document[]>;
  const found: Record<keyof typeof SEED_CLASSES, Document> = {
    Chat: chat,
    ChatMessage: chat.Messages![0]!,
    Visitor: chat.Visitor!,
    Salesforce: salesforce,
    SalesforceFieldValue: salesforce.Cases![0]!,
    ChatTransferLog: chat.TransferLogs![0]!,
    Attachment: chat.Attachments![0]!,
    Cobrowse: chat.Cobrowse!,
    BotAction: chat.BotActions![0]!,
    Wrapup: example("chat.wrapup.submitted"),
    Rating: rating,
    CustomField: rating.CustomFields![0]!,
    CustomVariable: rating.CustomVariables![0]!,
  };
  it.each(Object.entries(SEED_CLASSES))("%s", (name, members) => {
    expect(Object.keys(found[name as keyof typeof SEED_CLASSES])).toEqual(
      expect.arrayContaining(members.split(/\s+/)),
    );
  });
});

describe("what tables cannot take from JSON as it is", () => {
  it("keeps longs that JavaScript's numbers cannot hold, given as text", async () => {
    const data = { ...example("chat.ended"), ChatId: "long", SessionId: "9223372036854775807" };
    await deliver(db.pool, { id: 110, name: "chat.ended", data });
    const { rows } = await db.pool.query(
      "select session_id::text as session_id from chat.chats where event_id = 110",
    );
    expect(rows).toEqual([{ session_id: "9223372036854775807" }]);
  });

  it("keeps the microseconds of a time and its moment, whatever its offset", async () => {
    const data = { ...example("agent.status.changed"), Time: "2026-03-02T11:30:00.1234567+02:00" };
    await deliver(db.pool, { id: 111, name: "agent.status.changed", data });
    expect(await storedEvent(db.pool, { id: 111, name: "agent.status.changed" })).toMatchObject({
      Time: "2026-03-02T09:30:00.123456Z",
    });
  });

  it("reads .NET's unset dates and means of nothing as null", async () => {
    const data = {
      ...example("chat.ended"),
      ChatId: "unset",
      RequestTime: "0001-01-01T00:00:00",
      AgentAvgResponseTime: "NaN",
      Cobrowse: { Start: "/Date(1772443140000+0200)/", End: "0001-01-01T00:00:00Z", Status: 1 },
    };
    await deliver(db.pool, { id: 112, name: "chat.ended", data });
    expect(await storedChat(db.pool, 112)).toMatchObject({
      RequestTime: null,
      AgentAvgResponseTime: null,
      Cobrowse: { Start: "2026-03-02T09:19:00.000000Z", End: null, Status: 1 },
    });
  });
});
