import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { at, chat, message, SITE, transfer, useChats, VISITOR } from "./use-chats.ts";

const db = useDatabase();
const { store, eventsOf } = useChats(db);

describe("an ended chat is a resolved dialog", () => {
  it("from the request to the end, with the last agent and department", async () => {
    const dialog = await store(
      chat({
        RequestTime: at("08:59:00"),
        PreChatDepartmentId: 3,
        PreChatDepartmentName: "Sales",
        TransferLogs: [
          transfer("09:03:00", 22),
          transfer("09:04:00", 4, { TransferType: 1 }),
          transfer("09:05:00", 23, { IfSuccess: false }),
        ],
      }),
    );
    expect(dialog).toMatchObject({
      account_id: SITE,
      status: 1,
      assignee_id: 22,
      team_id: 4,
      created_at: new Date(at("08:59:00")),
      updated_at: new Date(at("09:10:00")),
    });
  });

  it("whose first message may be older than its start", async () => {
    const dialog = await store(chat({ Messages: [message("08:58:00", VISITOR)] }));
    expect(await eventsOf(dialog.id)).toContain("08:57:59.999998 open");
  });

  it.each([
    [null, "website"],
    [0, "website"],
    [1, "facebook"],
    [2, "google_plus"],
  ])("in the inbox of its source: %s is %s", async (SocialMediaSource, identifier) => {
    const { inbox_id } = await store(chat({ SocialMediaSource }));
    const { rows } = await db.pool.query("select identifier from chat.inboxes where id = $1", [inbox_id]);
    expect(rows).toEqual([{ identifier }]);
  });

  it("and its agents and its department are made where they are not known", async () => {
    await store(chat({ AgentIds: [31, 32, 0], PreChatDepartmentId: 33, PreChatDepartmentName: "Returns" }));
    const { rows } = await db.pool.query(
      `select name from chat.users where account_id = $1 and id in (0, 31, 32)
       union all select name from chat.teams where account_id = $1 and id = 33 order by name`,
      [SITE],
    );
    expect(rows.map(({ name }) => name)).toEqual(["Agent 31", "Agent 32", "Returns"]);
  });

  it("but not if a dialog has put the event: then it is there already", async () => {
    const { rows } = await db.pool.query(
      `insert into chat.conversations (account_id, inbox_id) select account_id, id from chat.inboxes limit 1
       returning account_id as "SiteId", dialog_id as "DialogId", id as "ConversationId"`,
    );
    const ChatId = String(rows[0].DialogId);
    expect(await store({ ...chat(), ...rows[0], ChatId })).toBeUndefined();
    expect(
      await store({ ...chat(), DialogId: 999_999, ConversationId: 1, ChatId: "999999" }),
    ).toBeUndefined();
  });

  it("whatever it means by DialogId, if it is not its own", async () => {
    const { id, conversation_id } = await store(chat({ ChatId: "from elsewhere" }));
    const ChatId = String(id);
    expect(await store(chat({ ChatId, DialogId: id, ConversationId: conversation_id }))).toBeDefined();
    expect(await store(chat({ DialogId: "three" }))).toBeDefined();
  });

  it("that began days before its start at most: an older request is kept, but is none of this chat", async () => {
    const dialog = await store(chat({ ChatId: "asked long ago", RequestTime: "1970-01-01T00:00:00Z" }));
    expect(dialog.created_at).toEqual(new Date(at("09:00:00")));
    const { rows } = await db.pool.query("select requested_at from chat.chats where dialog_id = $1", [
      dialog.id,
    ]);
    expect(rows).toEqual([{ requested_at: new Date(0) }]);
  });

  it.each([
    ["End", { End: "2126-03-02T09:10:00Z" }, "2126-03-02T09:10:00.000000Z"],
    [
      "Messages[1].Time",
      {
        Messages: [
          message("09:01:00", VISITOR),
          { ...message("09:02:00", VISITOR), Time: "2126-03-02T09:00:00Z" },
        ],
      },
      "2126-03-02T09:00:00.000000Z",
    ],
  ])("whose %s has come", async (member, changes, time) => {
    await expect(store(chat(changes))).rejects.toMatchObject({
      code: "PA020",
      message: `${member}: expected a date that has come, got "${time}"`,
    });
  });
});

it("an ended chat is not put again, in an account whose dialogs put events", async () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const now = minutesAgo(0);
  await db.pool.query("insert into chat.accounts (id, name, puts_chat_events) values (8, 'Eight', true)");
  const data = chat({
    SiteId: 8,
    Start: minutesAgo(1),
    End: now,
    Messages: [{ Id: 1, SenderType: VISITOR, Time: now }],
  });
  await store(data);
  const { rows } = await db.pool.query(
    `select (select count(*) from chat.messages where account_id = 8) as messages,
       (select count(*) from broker.events) as events`,
  );
  expect(rows).toEqual([{ messages: 1, events: 0 }]);
});
