import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { chat, newVisitor, useChats } from "./use-chats.ts";

const db = useDatabase();
const { store, contactOf } = useChats(db);

describe("the contact of a chat", () => {
  it("is its visitor, and learns what it lacks from each chat", async () => {
    const { Id } = newVisitor();
    await store(chat({ Visitor: { Id, LastName: "Daryna" } }));
    expect(await contactOf(Id)).toEqual({ name: "Daryna", email: null, phone: null });
    await store(
      chat({ Visitor: { Id, LastEmail: "d@example.com" }, PreChatName: "D. K.", PreChatPhone: "555" }),
    );
    expect(await contactOf(Id)).toEqual({ name: "Daryna", email: "d@example.com", phone: "555" });
  });

  it("is the session where there is no visitor, else the chat itself", async () => {
    await store(chat({ Visitor: null, SessionId: 17, PreChatName: "Session" }));
    await store(chat({ Visitor: null, ChatId: "alone", PreChatName: "Alone" }));
    expect(await contactOf("session:17")).toMatchObject({ name: "Session" });
    expect(await contactOf("chat:alone")).toMatchObject({ name: "Alone" });
  });

  it.each(["", 0, "0", "00000000-0000-0000-0000-000000000000", null])(
    "is not one anonymous visitor %j for all of them",
    async (Id) => {
      const one = await store(chat({ ChatId: `anonymous ${Id}`, SessionId: 18, Visitor: { Id } }));
      const other = await store(chat({ ChatId: `nobody ${Id}`, SessionId: 0, Visitor: { Id } }));
      expect(await contactOf(`chat:nobody ${Id}`)).toBeDefined();
      expect(one.contact_id).not.toBe(other.contact_id);
    },
  );

  it("is the same in either spelling of a GUID", async () => {
    const Id = "0F8FAD5B-D9CB-469F-A165-70867728950E";
    const one = await store(chat({ ChatId: "large", Visitor: { Id } }));
    const other = await store(chat({ ChatId: "small", Visitor: { Id: Id.toLowerCase() } }));
    expect(other.contact_id).toBe(one.contact_id);
  });
});
