import { describe, expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { deliver, example } from "./deliver.ts";

const db = useDatabase();

let lastEventId = 0;

async function put(name: string, changes: object): Promise<void> {
  lastEventId += 1;
  await deliver(db.pool, { id: lastEventId, name, data: { ...example(name), ...changes } });
}

/** The chats, by their ChatId, that the view joins to what was submitted for that number in that site. */
async function chatsOf(view: "chat_ratings" | "chat_wrapups", siteId: number, chatNumber: number) {
  const { rows } = await db.pool.query(
    `select c.chat_guid from chat.${view} v left join chat.chats c on c.id = v.chat_id
     where v.site_id = $1 and v.chat_number = $2`,
    [siteId, chatNumber],
  );
  return rows.map(({ chat_guid }) => chat_guid);
}

const chat = (SiteId: number, ChatId: string | number, botKnows?: number) => ({
  SiteId,
  ChatId,
  BotActions: botKnows === undefined ? [] : [{ Guid: "a", ChatId: botKnows, Time: "2026-03-02T09:14:36Z" }],
});

describe("a rating", () => {
  it("that arrives after its chat belongs to it", async () => {
    await put("chat.ended", chat(1, "guid-1"));
    await put("chat.rating.submitted", { SiteId: 1, ChatId: 1, ChatGuid: "guid-1" });
    expect(await chatsOf("chat_ratings", 1, 1)).toEqual(["guid-1"]);
  });

  it("that arrives before its chat waits for it", async () => {
    await put("chat.rating.submitted", { SiteId: 2, ChatId: 2, ChatGuid: "guid-2" });
    expect(await chatsOf("chat_ratings", 2, 2)).toEqual([null]);
    await put("chat.ended", chat(2, "guid-2"));
    expect(await chatsOf("chat_ratings", 2, 2)).toEqual(["guid-2"]);
  });

  it("names its chat by number where the server has no GUIDs", async () => {
    await put("chat.ended", chat(3, 3));
    await put("chat.rating.submitted", { SiteId: 3, ChatId: 3, ChatGuid: "" });
    expect(await chatsOf("chat_ratings", 3, 3)).toEqual(["3"]);
  });

  it("that names its chat by number only finds it by what its bot actions say", async () => {
    await put("chat.rating.submitted", { SiteId: 7, ChatId: 7, ChatGuid: null });
    await put("chat.ended", chat(7, "guid-7", 7));
    expect(await chatsOf("chat_ratings", 7, 7)).toEqual(["guid-7"]);
  });

  it("names its chat by a GUID in capitals or small letters", async () => {
    await put("chat.ended", chat(4, "0F8FAD5B-D9CB-469F-A165-70867728950E"));
    await put("chat.rating.submitted", {
      SiteId: 4,
      ChatId: 4,
      ChatGuid: "0f8fad5b-d9cb-469f-a165-70867728950e",
    });
    expect(await chatsOf("chat_ratings", 4, 4)).toEqual(["0f8fad5b-d9cb-469f-a165-70867728950e"]);
  });

  it("does not belong to a chat of the same number in another site", async () => {
    await put("chat.ended", chat(5, 5));
    await put("chat.rating.submitted", { SiteId: 6, ChatId: 5, ChatGuid: null });
    expect(await chatsOf("chat_ratings", 6, 5)).toEqual([null]);
  });
});

describe("a wrap-up, which knows the chat's number only", () => {
  it("belongs to the chat whose bot actions name that number, in whatever order they come", async () => {
    await put("chat.wrapup.submitted", { SiteId: 11, ChatId: 11 });
    await put("chat.ended", chat(11, "guid-11", 11));
    expect(await chatsOf("chat_wrapups", 11, 11)).toEqual(["guid-11"]);
  });

  it("belongs to the chat whose rating names both number and GUID", async () => {
    await put("chat.wrapup.submitted", { SiteId: 12, ChatId: 12 });
    await put("chat.ended", chat(12, "guid-12"));
    expect(await chatsOf("chat_wrapups", 12, 12)).toEqual([null]);
    await put("chat.rating.submitted", { SiteId: 12, ChatId: 12, ChatGuid: "guid-12" });
    expect(await chatsOf("chat_wrapups", 12, 12)).toEqual(["guid-12"]);
  });

  it("belongs to the chat of that number where the server has no GUIDs", async () => {
    await put("chat.wrapup.submitted", { SiteId: 13, ChatId: 13 });
    await put("chat.ended", chat(13, 13));
    expect(await chatsOf("chat_wrapups", 13, 13)).toEqual(["13"]);
  });
});
