import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { column, rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { createFirstAccount } from "../first-account.ts";

const db = useDatabase();
let client: Client;
let contact: number;

beforeAll(async () => {
  client = await db.connect();
  await createFirstAccount(client);
  await client.query("update chat.accounts set puts_chat_events = true");
});

beforeEach(async () => {
  contact = await value(
    client,
    `insert into chat.contacts (account_id, name, email, phone_number, additional_attributes)
     values (1, 'Daryna', 'daryna@example.com', '+380', '{"country": "Ukraine", "city": "Kyiv"}') returning id::int`,
  );
  await client.query("reset parley.now");
});

interface Put {
  name: string;
  key: string;
  data: Record<string, unknown>;
}

const open = (options = ""): Promise<number> =>
  value(client, `select chat.open_conversation(1, 1, $1 ${options})`, [contact]);
const move = (id: number, ...calls: string[]) =>
  calls.reduce<Promise<unknown>>(
    (before, call) => before.then(() => client.query(`select chat.${call}`, [id])),
    Promise.resolve(),
  );
/** What the conversation has put, in the order in which queues get it. */
const put = (id: number) =>
  rows<Put>(
    client,
    "select name, key, data from broker.events where (data ->> 'ConversationId')::bigint = $1 order by id",
    [id],
  );
const names = async (id: number) => (await put(id)).map(({ name }) => name);
const dialogOf = (id: number) =>
  value<number>(client, "select dialog_id::int from chat.conversations where id = $1", [id]);

describe("which event is put when", () => {
  it("a dialog that goes through the bot, the queue and an agent", async () => {
    const id = await open(", status => 2");
    await move(
      id,
      "append_message($1, 'Hello', sender_type => 'Contact')",
      "append_message($1, 'I am a bot', 1, 'AgentBot')",
      "reopen_conversation($1)",
      "assign_conversation($1, 3, 1)",
      "append_message($1, 'A note', 1, 'User', 3, private => true)",
      "append_message($1, 'Assigned', 2)",
      "append_message($1, 'Hello', 1, 'User', 3)",
      "resolve_conversation($1)",
    );
    expect(await names(id)).toEqual([
      "chat.started",
      "chat.visitor.replied",
      "chat.queued",
      "chat.agent.replied",
      "chat.ended",
    ]);
    const dialog = String(await dialogOf(id));
    expect(new Set((await put(id)).map(({ key }) => key))).toEqual(new Set([dialog]));
  });

  it("one that an agent takes from the queue starts with the agent", async () => {
    const id = await open();
    expect(await names(id)).toEqual(["chat.queued"]);
    await move(id, "assign_conversation($1, 2)", "assign_conversation($1, 3)");
    expect(await names(id)).toEqual(["chat.queued", "chat.started"]);
  });

  it("one that is opened for an agent does not queue; given back, it does", async () => {
    const id = await open(", assignee_id => 1");
    expect(await names(id)).toEqual(["chat.started"]);
    await move(id, "unassign_conversation($1)");
    expect(await names(id)).toEqual(["chat.started", "chat.queued"]);
  });

  it("each dialog of a conversation starts and ends", async () => {
    const id = await open(", assignee_id => 1");
    await move(id, "resolve_conversation($1)", "reopen_conversation($1)", "resolve_conversation($1)");
    expect(await names(id)).toEqual(["chat.started", "chat.ended", "chat.started", "chat.ended"]);
    const keys = (await put(id)).map(({ key }) => key);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[1]).not.toBe(keys[2]);
  });

  it("what comes after the resolution is put for the resolved dialog", async () => {
    const id = await open();
    await move(id, "resolve_conversation($1)");
    const resolved = await dialogOf(id);
    await move(id, "append_message($1, 'Thanks', sender_type => 'Contact')");
    expect((await put(id)).at(-1)).toMatchObject({
      name: "chat.visitor.replied",
      data: { DialogId: resolved },
    });
  });

  it("snoozing and activities put nothing", async () => {
    const id = await open(", assignee_id => 1");
    await move(
      id,
      "snooze_conversation($1)",
      "append_message($1, 'Snoozed', 2)",
      "append_message($1, 'Hi', 3)",
    );
    expect(await names(id)).toEqual(["chat.started"]);
  });
});

describe("what is not put", () => {
  it("what happens in accounts that did not ask for it", async () => {
    await client.query("update chat.accounts set puts_chat_events = false");
    const id = await open();
    await move(id, "append_message($1, 'Hello')", "resolve_conversation($1)");
    expect(await put(id)).toEqual([]);
    await client.query("update chat.accounts set puts_chat_events = true");
  });

  it("history", async () => {
    const id = await open(", assignee_id => 1");
    await client.query(
      "insert into chat.messages (conversation_id, message_type, created_at) values ($1, 0, '2020-01-01')",
      [id],
    );
    const old = await value<number>(
      client,
      `insert into chat.conversations (account_id, inbox_id, contact_id, created_at) values (1, 1, $1, '2020-01-01') returning id`,
      [contact],
    );
    await client.query("update chat.conversations set status = 1, updated_at = '2020-01-02' where id = $1", [
      old,
    ]);
    expect(await names(id)).toEqual(["chat.started"]);
    expect(await names(old)).toEqual([]);
  });

  it("what a client logs itself, which counts for nothing", async () => {
    const id = await open();
    const log = (user: number) =>
      client.query("insert into chat.events (conversation_id, name, user_id) values ($1, 'viewed', $2)", [
        id,
        user,
      ]);
    await log(3);
    await move(id, "assign_conversation($1, 1)");
    await log(2);
    await move(id, "assign_conversation($1, 3)", "resolve_conversation($1)");
    expect(await names(id)).toEqual(["chat.queued", "chat.started", "chat.ended"]);
    expect((await put(id)).at(-1)!.data).toMatchObject({
      AgentIds: [1, 3],
      TransferLogs: [{ FromId: 1, ToId: 3 }],
    });
  });

  it("what happens before the first dialog", async () => {
    const id = await value<number>(
      client,
      "insert into chat.conversations (account_id, inbox_id, contact_id, status, assignee_id) values (1, 1, $1, 1, 2) returning id",
      [contact],
    );
    await move(id, "append_message($1, 'Hello')");
    expect(await put(id)).toEqual([]);
  });

  it("what is rolled back", async () => {
    await client.query("begin");
    const id = await open();
    await client.query("rollback");
    expect(await put(id)).toEqual([]);
  });
});

describe("the documents", () => {
  const at = (time: string) => client.query("select set_config('parley.now', $1, false)", [time]);

  it("chat.queued tells the place in the queue of the team", async () => {
    await client.query("update chat.conversations set status = 1 where status <> 1");
    await open(", identifier => 'a', team_id => 2");
    await open(", identifier => 'b', team_id => 1");
    await at("2026-03-02 09:00Z");
    const id = await open(", identifier => 'c', team_id => 2");
    expect((await put(id))[0]!.data).toEqual({
      SiteId: 1,
      ConversationId: id,
      DialogId: await dialogOf(id),
      Messages: [{ DepartmentId: 2, NumberOfQueue: 2, LogTime: "2026-03-02T09:00:00.000000Z" }],
    });
  });

  it("chat.started, chat.visitor.replied and chat.agent.replied", async () => {
    await at("2026-03-02 09:00Z");
    const id = await open(", assignee_id => 3, team_id => 1");
    await move(
      id,
      "append_message($1, 'Привіт', sender_type => 'Contact')",
      "append_message($1, '你好', 1, 'User', 3)",
    );
    const dialog = await dialogOf(id);
    const chat = { SiteId: 1, ChatId: String(dialog), SessionId: id, ConversationId: id, DialogId: dialog };
    const [started, visitor, agent] = await put(id);
    const messages = await column<number>(
      client,
      "select id::int from chat.messages where conversation_id = $1 order by id",
      [id],
    );
    expect(started!.data).toEqual({
      ...chat,
      AgentId: 3,
      DepartmentId: 1,
      VisitorName: "Daryna",
      ChatSource: 0,
      StartTime: "2026-03-02T09:00:00.000000Z",
    });
    expect(visitor!.data).toEqual({
      ...chat,
      MessageId: messages[0],
      Message: "Привіт",
      Time: expect.stringMatching(/^2026-03-02T09:00:00\.0000\d\dZ$/),
    });
    expect(agent!.data).toEqual({
      ...chat,
      AgentId: 3,
      MessageId: messages[1],
      Message: "你好",
      Time: expect.stringMatching(/^2026-03-02T09:00:00\.0000\d\dZ$/),
    });
  });

  it("chat.ended is the class Chat with its transcript", async () => {
    await at("2026-03-02 09:00:00Z");
    const id = await open(
      `, status => 2, team_id => 1, additional_attributes => '{"referer": "https://shop.example.com/"}'`,
    );
    await client.query(
      `update chat.conversations set custom_attributes = '{"order": "88214"}' where id = $1`,
      [id],
    );
    await move(id, "append_message($1, 'Where is my parcel?', sender_type => 'Contact')");
    await at("2026-03-02 09:01:00Z");
    await move(id, "reopen_conversation($1)");
    await at("2026-03-02 09:02:00Z");
    await move(id, "assign_conversation($1, 1)");
    await at("2026-03-02 09:03:00Z");
    await move(
      id,
      "append_message($1, 'I look', 1, 'User', 1)",
      "append_message($1, 'secret', 1, 'User', 1, private => true)",
    );
    await at("2026-03-02 09:04:00Z");
    await move(id, "assign_conversation($1, 2)", "append_message($1, 'Any news?', sender_type => 'Contact')");
    await at("2026-03-02 09:04:20Z");
    await move(id, "append_message($1, 'Tomorrow', 1, 'User', 2)");
    await at("2026-03-02 09:05:00Z");
    await move(id, "resolve_conversation($1)");
    const dialog = await dialogOf(id);
    const ended = (await put(id)).at(-1)!;
    expect(ended.name).toBe("chat.ended");
    const message = (SenderType: number, SenderName: string, Message: string, time: string) => ({
      Id: expect.any(Number),
      ChatAction: 0,
      SenderType,
      SenderName,
      Message,
      translatedMessage: null,
      Attachement: null,
      Time: expect.stringMatching(`^2026-03-02T09:${time}\\.0000\\d\\dZ$`),
    });
    expect(ended.data).toEqual({
      SiteId: 1,
      ChatId: String(dialog),
      SessionId: id,
      ConversationId: id,
      DialogId: dialog,
      AgentIds: [1, 2],
      RequestTime: "2026-03-02T09:00:00.000000Z",
      Start: "2026-03-02T09:00:00.000000Z",
      End: "2026-03-02T09:05:00.000000Z",
      PreChatName: "Daryna",
      PreChatEmail: "daryna@example.com",
      PreChatPhone: "+380",
      PreChatDepartmentId: 1,
      PreChatDepartmentName: "Sales",
      Messages: [
        message(0, "Daryna", "Where is my parcel?", "00:00"),
        message(1, "Ann", "I look", "03:00"),
        message(0, "Daryna", "Any news?", "04:00"),
        message(1, "Bob", "Tomorrow", "04:20"),
      ],
      SocialMediaSource: 0,
      ChatType: 2,
      ChatSource: 0,
      MissedChatStatus: 0,
      IfEnterQueue: true,
      AgentAvgResponseTime: expect.closeTo((180 + 20) / 2, 3),
      LasMessageSendBy: 1,
      IfNewTicket: false,
      RequestPageUrl: "https://shop.example.com/",
      CustomFields: [{ Id: 1, Name: "order", Value: "88214" }],
      CustomVariable: [],
      TransferLogs: [
        {
          Time: "2026-03-02T09:04:00.000000Z",
          TransferType: 0,
          FromId: 1,
          ToId: 2,
          AgentId: 1,
          IfSuccess: true,
        },
      ],
      Attachments: [],
      BotActions: [],
      Visitor: {
        Id: String(contact),
        Country: "Ukraine",
        City: "Kyiv",
        Language: null,
        LastName: "Daryna",
        LastEmail: "daryna@example.com",
        segmentIds: [],
      },
    });
  });

  it.each([
    [
      "nobody came",
      ", team_id => 1",
      [],
      { MissedChatStatus: 2, ChatType: 0, AgentIds: [], LasMessageSendBy: -1, IfEnterQueue: true },
    ],
    [
      "the bot alone",
      ", status => 2",
      ["append_message($1, 'Hi', 1, 'AgentBot')"],
      { MissedChatStatus: 0, ChatType: 1, IfEnterQueue: false, LasMessageSendBy: 2 },
    ],
    [
      "an agent alone",
      ", assignee_id => 1",
      ["append_message($1, 'Hi')"],
      { MissedChatStatus: 0, ChatType: 0, AgentIds: [1], LasMessageSendBy: 0, AgentAvgResponseTime: null },
    ],
  ])("chat.ended where %s", async (_who, options, calls, expected) => {
    const id = await open(options);
    await move(id, ...calls, "resolve_conversation($1)");
    expect((await put(id)).at(-1)!.data).toMatchObject(expected);
  });

  it("a bulk update that resolves many dialogs puts a chat.ended each", async () => {
    await client.query(
      `insert into chat.conversations (account_id, inbox_id, contact_id, identifier)
       select 1, 1, $1, 'bulk ' || $1::bigint || ' ' || i from generate_series(1, 20) i`,
      [contact],
    );
    await client.query("update chat.conversations set status = 1 where contact_id = $1", [contact]);
    expect(
      await value(
        client,
        `select count(distinct data ->> 'DialogId') from broker.events e
         where name = 'chat.ended' and data #>> '{Visitor,Id}' = $1::bigint::text`,
        [contact],
      ),
    ).toBe(20);
  });
});
