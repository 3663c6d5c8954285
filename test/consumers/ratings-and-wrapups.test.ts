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
    `select c.chat_guid from chat.${view} v left join chat.chats c on c.dialog_id = v.dialog_id
     where v.account_id = $1 and v.chat_number = $2`,
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

it("a rating or wrap-up is one row, whatever it is found by", async () => {
  await put("chat.ended", chat(31, "guid-31"));
  await put("chat.ended", chat(31, 31));
  await put("chat.rating.submitted", { SiteId: 31, ChatId: 31, ChatGuid: "guid-31" });
  await put("chat.wrapup.submitted", { SiteId: 31, ChatId: 31 });
  expect(await chatsOf("chat_ratings", 31, 31)).toEqual(["guid-31"]);
  expect(await chatsOf("chat_wrapups", 31, 31)).toEqual(["guid-31"]);
});

it("the agent of a wrap-up is made where it is not known", async () => {
  await put("chat.wrapup.submitted", { SiteId: 32, AgentId: 77 });
  const { rows } = await db.pool.query("select id, name from chat.users where account_id = 32");
  expect(rows).toEqual([{ id: 77, name: "Agent 77" }]);
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

describe("an account that puts events for its dialogs", () => {
  /** A conversation written as a row; returns its dialog, whose id the account's events call ChatId. */
  async function openDialog(account: number, putsChatEvents: boolean): Promise<number> {
    await db.pool.query("insert into chat.accounts (id, name, puts_chat_events) values ($1, 'A', $2)", [
      account,
      putsChatEvents,
    ]);
    const { rows } = await db.pool.query(
      `with inbox as (insert into chat.inboxes (account_id, name) values ($1, 'I') returning id)
       insert into chat.conversations (account_id, inbox_id) select $1, id from inbox returning dialog_id`,
      [account],
    );
    return rows[0].dialog_id;
  }

  async function dialogsOf(view: "chat_ratings" | "chat_wrapups", account: number) {
    const { rows } = await db.pool.query(
      `select dialog_id from chat.${view} where account_id = $1 order by event_id`,
      [account],
    );
    return rows.map(({ dialog_id }) => dialog_id);
  }

  it("has them rated and wrapped up by their id, as number or as text", async () => {
    const dialog = await openDialog(21, true);
    await put("chat.rating.submitted", { SiteId: 21, ChatId: dialog, ChatGuid: null });
    await put("chat.rating.submitted", { SiteId: 21, ChatId: 0, ChatGuid: String(dialog) });
    await put("chat.rating.submitted", { SiteId: 21, ChatId: dialog, ChatGuid: "some other chat" });
    await put("chat.wrapup.submitted", { SiteId: 21, ChatId: dialog });
    expect(await dialogsOf("chat_ratings", 21)).toEqual([dialog, dialog, null]);
    expect(await dialogsOf("chat_wrapups", 21)).toEqual([dialog]);
  });

  it("has chats that came as events as well: they go first", async () => {
    const dialog = await openDialog(22, true);
    await put("chat.rating.submitted", { SiteId: 22, ChatId: dialog, ChatGuid: null });
    await put("chat.ended", chat(22, dialog));
    expect(await chatsOf("chat_ratings", 22, dialog)).toEqual([String(dialog)]);
    expect(await dialogsOf("chat_ratings", 22)).not.toEqual([dialog]);
  });

  it("is not one that does not put them, nor another account", async () => {
    const silent = await openDialog(23, false);
    await openDialog(24, true);
    await put("chat.rating.submitted", { SiteId: 23, ChatId: silent, ChatGuid: null });
    await put("chat.rating.submitted", { SiteId: 24, ChatId: silent, ChatGuid: null });
    expect(await dialogsOf("chat_ratings", 23)).toEqual([null]);
    expect(await dialogsOf("chat_ratings", 24)).toEqual([null]);
  });
});
