// The functions that clients call. They write rows and nothing else: what follows from those is tested beside.
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
});

beforeEach(async () => {
  contact = await value(
    client,
    "insert into chat.contacts (account_id, name) values (1, 'Eve') returning id",
  );
});

const open = (options = ""): Promise<number> =>
  value(client, `select chat.open_conversation(1, 1, $1 ${options})`, [contact]);
const conversation = async (id: number) =>
  (
    await rows(
      client,
      "select status, assignee_id::int as assignee, team_id::int as team from chat.conversations where id = $1",
      [id],
    )
  )[0];
const dialogs = (id: number) =>
  value<number>(client, "select count(*) from chat.dialogs where conversation_id = $1", [id]);
const move = (call: string, id: number): Promise<boolean> => value(client, `select chat.${call}`, [id]);

describe("open_conversation", () => {
  it("makes the conversation as it is wanted", async () => {
    const id = await open(
      ', status => 2, assignee_id => 3, team_id => 1, additional_attributes => \'{"referer": "/"}\'',
    );
    expect(await conversation(id)).toEqual({ status: 2, assignee: 3, team: 1 });
    expect(
      await value(client, "select additional_attributes from chat.conversations where id = $1", [id]),
    ).toEqual({
      referer: "/",
    });
  });

  it("finds the contact's conversation in that inbox, and leaves it as it is while it is unresolved", async () => {
    const id = await open(", assignee_id => 1");
    expect(await open(", status => 2, assignee_id => 2")).toBe(id);
    expect(await conversation(id)).toEqual({ status: 0, assignee: 1, team: null });
  });

  it("reopens a resolved one: a new dialog, with the status and assignee that are wanted", async () => {
    const id = await open(", assignee_id => 1, team_id => 2");
    await move("resolve_conversation($1)", id);
    expect(await open(", status => 2")).toBe(id);
    expect(await conversation(id)).toEqual({ status: 2, assignee: null, team: 2 });
    expect(await dialogs(id)).toBe(2);
  });

  it("prefers the unresolved one of several, then the latest", async () => {
    const first = await open(", identifier => 'a ' || $1::bigint");
    const second = await open(", identifier => 'b ' || $1::bigint");
    await move("resolve_conversation($1)", second);
    expect(await open()).toBe(first);
    await move("resolve_conversation($1)", first);
    expect(await open()).toBe(first);
  });

  it("finds a conversation by the client's own id of it, among several of one contact", async () => {
    const first = await open(", identifier => 'first of ' || $1::bigint");
    const second = await open(", identifier => 'second of ' || $1::bigint");
    expect(second).not.toBe(first);
    expect(await open(", identifier => 'first of ' || $1::bigint")).toBe(first);
  });

  it("makes one conversation when two sessions open it at once", async () => {
    const other = await db.connect();
    const call = (session: Client) => value(session, "select chat.open_conversation(1, 1, $1)", [contact]);
    const [one, two] = await Promise.all([call(client), call(other)]);
    expect(one).toBe(two);
  });

  it("refuses a contact that the account does not have", async () => {
    await expect(client.query("select chat.open_conversation(1, 1, 0)")).rejects.toMatchObject({
      code: "PA035",
    });
  });

  it.each([
    "status => 7",
    "assignee_id => 99",
    "team_id => 99",
    "status => 3, identifier => 'x', assignee_id => 99",
  ])("leaves nothing behind when it fails: %s", async (options) => {
    await expect(open(`, ${options}`)).rejects.toThrow(/constraint/);
    expect(
      await column(client, "select id from chat.conversations where contact_id = $1", [contact]),
    ).toEqual([]);
  });
});

describe("append_message", () => {
  const append = (id: number, options = ""): Promise<number> =>
    value(client, `select chat.append_message($1, 'Hello' ${options})`, [id]);

  it("adds a message once for the client's own id of it", async () => {
    const id = await open();
    const message = await append(id, ", source_id => 'm1'");
    expect(await append(id, ", source_id => 'm1'")).toBe(message);
    expect(await append(id, ", source_id => 'm2'")).not.toBe(message);
    expect(await append(id)).not.toBe(await append(id));
  });

  it("reopens before it adds, so that the message belongs to the new dialog", async () => {
    const id = await open();
    await move("resolve_conversation($1)", id);
    const message = await append(id, ", reopen => true");
    expect(
      await rows(
        client,
        `select m.dialog_id = c.dialog_id as current, m.created_at > d.created_at as later, c.status
         from chat.messages m join chat.conversations c on c.id = m.conversation_id join chat.dialogs d on d.id = m.dialog_id
         where m.id = $1`,
        [message],
      ),
    ).toEqual([{ current: true, later: true, status: 0 }]);
    expect(await dialogs(id)).toBe(2);
  });

  it("reopens a snoozed conversation too, which goes on with its dialog", async () => {
    const id = await open();
    await move("snooze_conversation($1)", id);
    await append(id, ", reopen => true");
    expect(await conversation(id)).toMatchObject({ status: 0 });
    expect(await dialogs(id)).toBe(1);
  });

  it("leaves a pending conversation with the bot, and a resolved one resolved unless asked", async () => {
    const id = await open(", status => 2");
    await append(id, ", reopen => true");
    expect(await conversation(id)).toMatchObject({ status: 2 });
    await move("resolve_conversation($1)", id);
    await append(id);
    expect(await conversation(id)).toMatchObject({ status: 1 });
  });

  it("a repeated message reopens nothing", async () => {
    const id = await open();
    await append(id, ", source_id => 'm1'");
    await move("resolve_conversation($1)", id);
    await append(id, ", source_id => 'm1', reopen => true");
    expect(await conversation(id)).toMatchObject({ status: 1 });
  });

  it("keeps the client's attributes", async () => {
    const id = await open();
    const message = await append(
      id,
      ", additional_attributes => '{\"campaign_id\": 3}', content_attributes => '{\"a\": 1}'",
    );
    expect(
      await rows(
        client,
        "select additional_attributes, content_attributes from chat.messages where id = $1",
        [message],
      ),
    ).toEqual([
      { additional_attributes: { campaign_id: 3, user_id_assigned: null }, content_attributes: { a: 1 } },
    ]);
  });

  it("adds nothing and reopens nothing when the message is refused", async () => {
    const id = await open();
    await move("resolve_conversation($1)", id);
    await expect(append(id, ", message_type => 9, reopen => true")).rejects.toThrow("message_type_0_to_3");
    expect(await conversation(id)).toMatchObject({ status: 1 });
  });
});

describe("assign, unassign, resolve, reopen, snooze", () => {
  it.each([
    ["assign_conversation($1, 2)", { status: 0, assignee: 2, team: null }],
    ["assign_conversation($1, 2, 1)", { status: 0, assignee: 2, team: 1 }],
    ["assign_conversation($1, null, 2)", { status: 0, assignee: null, team: 2 }],
    ["resolve_conversation($1)", { status: 1, assignee: null, team: null }],
    ["snooze_conversation($1)", { status: 3, assignee: null, team: null }],
    ["snooze_conversation($1, '2999-01-01')", { status: 3, assignee: null, team: null }],
    ["reopen_conversation($1, 2)", { status: 2, assignee: null, team: null }],
  ])("%s does it once, and says whether it did", async (call, expected) => {
    const id = await open();
    expect(await move(call, id)).toBe(true);
    expect(await conversation(id)).toEqual(expected);
    expect(await move(call, id)).toBe(false);
    expect(await conversation(id)).toEqual(expected);
  });

  it("unassign takes the agent and leaves the team", async () => {
    const id = await open(", assignee_id => 1, team_id => 2");
    expect(await move("unassign_conversation($1)", id)).toBe(true);
    expect(await conversation(id)).toEqual({ status: 0, assignee: null, team: 2 });
    expect(await move("unassign_conversation($1)", id)).toBe(false);
  });

  it("a snooze with another time is another snooze", async () => {
    const id = await open();
    await move("snooze_conversation($1, '2999-01-01')", id);
    expect(await move("snooze_conversation($1, '2999-01-02')", id)).toBe(true);
  });

  it.each([
    "reopen_conversation($1, 1)",
    "reopen_conversation($1, 3)",
    "reopen_conversation($1, null)",
    "snooze_conversation($1, '2000-01-01')",
  ])("%s is refused", async (call) => {
    await expect(move(call, await open())).rejects.toMatchObject({ code: "PA036" });
  });
});

it.each([
  "append_message(0, 'x')",
  "assign_conversation(0, 1)",
  "unassign_conversation(0)",
  "resolve_conversation(0)",
  "reopen_conversation(0)",
  "snooze_conversation(0)",
  "mention_user(0, 1)",
  "append_message(null, 'x')",
])("%s names a conversation that is not there", async (call) => {
  await expect(client.query(`select chat.${call}`)).rejects.toMatchObject({ code: "PA030" });
});

describe("mention_user", () => {
  it("records a mention once for a message, and each time without one", async () => {
    const id = await open();
    const message = await value<number>(client, "select chat.append_message($1, '@Bob', private => true)", [
      id,
    ]);
    const mention = (messageId: number | null) =>
      value(client, "select chat.mention_user($1, 2, $2)", [id, messageId]);
    expect(await mention(message)).toBe(await mention(message));
    expect(await mention(null)).not.toBe(await mention(null));
  });

  it("refuses a message of another conversation, and an agent of another account", async () => {
    const id = await open();
    const other = await open(", identifier => 'other of ' || $1::bigint");
    const message = await value<number>(client, "select chat.append_message($1, 'Hi')", [other]);
    const mention = (user: number, messageId: number | null) =>
      client.query("select chat.mention_user($1, $2, $3)", [id, user, messageId]);
    await expect(mention(2, message)).rejects.toMatchObject({ code: "PA037" });
    await expect(mention(99, null)).rejects.toMatchObject({ code: "23503" });
  });
});

describe("wake_snoozed", () => {
  it("opens what has slept long enough, and nothing else", async () => {
    const due = await open();
    const later = await open(", identifier => 'later ' || $1::bigint");
    const forever = await open(", identifier => 'forever ' || $1::bigint");
    await client.query("set parley.now = '2026-03-02 09:00Z'");
    await client.query("select chat.snooze_conversation($1, '2026-03-02 10:00Z')", [due]);
    await client.query("select chat.snooze_conversation($1, '2026-03-02 11:00Z')", [later]);
    await client.query("select chat.snooze_conversation($1)", [forever]);
    await client.query("set parley.now = '2026-03-02 10:00Z'");
    expect(await value(client, "select chat.wake_snoozed()")).toBe(1);
    await client.query("reset parley.now");
    expect(await conversation(due)).toMatchObject({ status: 0 });
    expect(await conversation(later)).toMatchObject({ status: 3 });
    expect(await conversation(forever)).toMatchObject({ status: 3 });
    expect(await value(client, "select snoozed_until from chat.conversations where id = $1", [due])).toBe(
      null,
    );
    expect(
      await value(
        client,
        "select name from chat.events where conversation_id = $1 order by id desc limit 1",
        [due],
      ),
    ).toBe("conversation_open");
  });

  it("leaves one that somebody is working on for the next time, without waiting", async () => {
    const id = await open();
    await client.query(
      "select chat.snooze_conversation($1, now() + interval '1 microsecond' + interval '1 hour')",
      [id],
    );
    const other = await db.connect();
    await other.query("begin");
    await other.query("select from chat.conversations where id = $1 for update", [id]);
    await client.query("set parley.now = '2999-01-01'");
    await client.query("select chat.wake_snoozed()");
    expect(await conversation(id)).toMatchObject({ status: 3 });
    await other.query("rollback");
    await client.query("select chat.wake_snoozed()");
    expect(await conversation(id)).toMatchObject({ status: 0 });
    await client.query("reset parley.now");
  });
});
