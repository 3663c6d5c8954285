import { describe, expect, it } from "vitest";
import { schemas } from "../../src/consumers/persistence.ts";
import { untilBlocked } from "../broker/blocked.ts";
import { useDatabase } from "../setup/database.ts";
import { type Document, deliver, example } from "./deliver.ts";
import { EVENT_CLASSES, EVENT_TABLES, expectedOf, storedEvent } from "./event-tables.ts";

const db = useDatabase();

let lastId = 1000;

/** Delivers the example of that event, changed; returns the event's id. */
async function put(name: string, changes: Document = {}): Promise<number> {
  lastId += 1;
  await deliver(db.pool, { id: lastId, name, data: { ...example(name), ...changes } });
  return lastId;
}

async function only(query: string, id: number): Promise<Document> {
  const { rows } = await db.pool.query(query, [id]);
  expect(rows).toHaveLength(1);
  return rows[0];
}

describe("every event of the source document", () => {
  it("has a schema", async () => {
    const { rows } = await db.pool.query("select name from broker.t_chatserver_event where name <> 'Error'");
    expect(rows).toHaveLength(19);
    expect(Object.keys(schemas).toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  });

  it.each(Object.keys(schemas))("has tables of its own: %s", async (name) => {
    const id = await put(name);
    const { rows: tables } = await db.pool.query(`
      select c.table_name as name from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = 'chat' and c.column_name = 'event_id' and t.table_type = 'BASE TABLE'`);
    const holding = [];
    for (const table of tables) {
      const { rows } = await db.pool.query(`select from chat.${table.name} where event_id = $1`, [id]);
      if (rows.length > 0) holding.push(table.name);
    }
    expect(holding).not.toEqual([]);
    expect(holding).not.toContain("other_events");
  });
});

describe("a document comes back from the tables with every member", () => {
  it.each(Object.keys(EVENT_TABLES))("%s", async (name) => {
    const id = await put(name);
    expect(await storedEvent(db.pool, { id, name })).toEqual(expectedOf(name));
  });
});

describe("the examples hold every member of the source document, as printed there", () => {
  it.each(Object.entries(EVENT_CLASSES))("%s", (_name, { event, list, members }) => {
    const document = example(event);
    const holder = list === undefined ? document : (document[list] as Document[])[0]!;
    expect(Object.keys(holder)).toEqual(expect.arrayContaining(members.split(/\s+/)));
  });
});

describe("what the source prints no members of", () => {
  it.each([
    ["chat.started", "chat_starts"],
    ["chat.visitor.replied", "chat_replies"],
    ["chat.agent.replied", "chat_replies"],
  ])("is kept whole beside its columns: %s", async (name, table) => {
    const id = await put(name, { visitor: { Mood: "good" }, Reference: 9223372036854775807n });
    const row = await only(
      `select data - 'Reference' as data, data ->> 'Reference' as reference from chat.${table} where event_id = $1`,
      id,
    );
    expect(row).toEqual({
      data: { ...example(name), visitor: { Mood: "good" } },
      reference: "9223372036854775807",
    });
  });

  it.each(["chat.started", "chat.visitor.replied", "chat.agent.replied"])(
    "needs to name its chat only: %s",
    async (name) => {
      lastId += 1;
      await deliver(db.pool, { id: lastId, name, data: { SiteId: 1001, ChatId: 48213 } });
      expect(await storedEvent(db.pool, { id: lastId, name })).toEqual({ SiteId: 1001, ChatId: "48213" });
    },
  );

  it("says who answered by the event's name", async () => {
    const senders = async (name: string) =>
      only("select sender_type, agent_id from chat.chat_replies where event_id = $1", await put(name));
    expect(await senders("chat.visitor.replied")).toEqual({ sender_type: 0, agent_id: null });
    expect(await senders("chat.agent.replied")).toEqual({ sender_type: 1, agent_id: 21 });
  });
});

describe("who and where an event names", () => {
  it("becomes an account, agents and a department, if they are not there", async () => {
    const [log] = example("visitor.conversion.achieved").Logs as Document[];
    await put("visitor.conversion.achieved", {
      SiteId: 2001,
      Logs: [{ ...log, RelatedOperatorId: 7, DepartmentId: 8, CurrentDepartmentId: 9 }],
    });
    await put("agentChat.replied", {
      SiteId: 2001,
      Messages: [{ FromAgentId: 5, ToAgentId: 6, Time: "2026-03-02T09:18:20Z" }],
    });
    const { rows } = await db.pool.query(`
      select (select array_agg(id order by id) from chat.users u where u.account_id = a.id) as agents,
        (select array_agg(id order by id) from chat.teams t where t.account_id = a.id) as departments
      from chat.accounts a where a.id = 2001`);
    expect(rows).toEqual([{ agents: [5, 6, 7], departments: [8, 9] }]);
  });

  it.each([0, -1, null, undefined])("is nobody if it is %s", async (nobody) => {
    const id = await put("ban.added", { AgentId: nobody, OperatorId: nobody });
    const ban = await only("select agent_id, operator_id from chat.bans where event_id = $1", id);
    expect(ban).toEqual({ agent_id: null, operator_id: null });
  });
});

describe("a list", () => {
  it("is numbered in its order", async () => {
    const times = ["2026-03-02T09:03:00Z", "2026-03-02T09:01:00Z", "2026-03-02T09:02:00Z"];
    const Messages = times.map((LogTime) => ({ DepartmentId: 12, NumberOfQueue: 1, LogTime }));
    const id = await put("chat.queued", { Messages });
    const { rows } = await db.pool.query(
      "select logged_at from chat.queue_positions where event_id = $1 order by position",
      [id],
    );
    expect(rows.map((row) => row.logged_at)).toEqual(times.map((time) => new Date(time)));
  });

  it.each(["chat.queued", "visitor.conversion.achieved", "agentChat.replied", "manualInvitation.logged"])(
    "may be empty: %s",
    async (name) => {
      const id = await put(name, { Messages: [], Logs: [] });
      expect(await storedEvent(db.pool, { id, name })).not.toHaveProperty([EVENT_TABLES[name]!.list!, 0]);
    },
  );
});

describe("counts of automatic invitations", () => {
  it("say which event they came with", async () => {
    const ids = [];
    for (const kind of ["sent", "accepted", "refused"]) ids.push(await put(`autoInvitation.${kind}`));
    const { rows } = await db.pool.query(
      "select kind from chat.auto_invitation_counts where event_id = any ($1) order by event_id",
      [ids],
    );
    expect(rows.map(({ kind }) => kind)).toEqual(["sent", "accepted", "refused"]);
  });
});

describe("64-bit numbers", () => {
  const largest = "9223372036854775807";
  it.each([
    ["ban.added", "bans", "ip_from_or_visitor_id", { IpFromOrVisitorId: largest }],
    ["ban.added", "bans", "ip_to", { IpTo: BigInt(largest) }],
    ["offlineMessage.submitted", "offline_messages", "session_id", { SessionId: largest }],
    ["chat.started", "chat_starts", "session_id", { SessionId: BigInt(largest) }],
    ["chat.agent.replied", "chat_replies", "session_id", { SessionId: largest }],
    ["chat.visitor.replied", "chat_replies", "message_id", { MessageId: largest }],
    ["visitor.conversion.achieved", "conversions", "visitor_id", conversion({ VisitorId: largest })],
    [
      "visitor.conversion.achieved",
      "conversions",
      "cookie_identity_id",
      conversion({ CookIdenitityId: largest }),
    ],
  ])("are exact: %s, %s.%s", async (name, table, column, changes) => {
    const id = await put(name, changes);
    expect(await only(`select ${column}::text as value from chat.${table} where event_id = $1`, id)).toEqual({
      value: largest,
    });
  });

  function conversion(changes: Document): Document {
    const [log] = example("visitor.conversion.achieved").Logs as Document[];
    return { Logs: [{ ...log, ...changes }] };
  }
});

describe("a table by itself", () => {
  it.each([
    ["chat.started", "chat_starts", "chat_source", 3, "chat_source_0_to_2"],
    ["chat.agent.replied", "chat_replies", "sender_type", 2, "sender_type_0_or_1"],
    ["chat.agent.replied", "chat_replies", "agent_id", 4711, "chat_replies_account_id_agent_id_fkey"],
    [
      "visitor.conversion.achieved",
      "conversions",
      "conversion_accelerate_type",
      2,
      "conversion_accelerate_type_0_or_1",
    ],
    ["visitor.conversion.achieved", "conversions", "team_id", 4711, "conversions_account_id_team_id_fkey"],
    ["ban.added", "bans", "ban_type", 3, "ban_type_0_to_2"],
    ["ban.added", "bans", "ip_to", null, "ip_range_ends"],
    ["offlineMessage.submitted", "offline_messages", "route_to_type", 5, "route_to_type_0_to_4"],
    ["offlineMessage.submitted", "offline_messages", "chat_source", -1, "chat_source_0_to_2"],
    ["autoInvitation.sent", "auto_invitation_counts", "kind", "ignored", "kind_known"],
    ["manualInvitation.logged", "manual_invitations", "status", 3, "status_0_to_2"],
    ["manualInvitation.logged", "manual_invitations", "transcript_type", 3, "transcript_type_0_to_2"],
  ])(
    "refuses what no event of the source can say: %s, %s.%s = %s",
    async (name, table, column, value, rule) => {
      const id = await put(name);
      const change = db.pool.query(`update chat.${table} set ${column} = $2 where event_id = $1`, [
        id,
        value,
      ]);
      await expect(change).rejects.toMatchObject({ constraint: rule });
    },
  );
});

describe("the file of an offline message", () => {
  it("is stored as the bytes that it is", async () => {
    const file = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const id = await put("offlineMessage.submitted", { AttachmentContent: file.toString("base64") });
    const row = await only("select attachment_content from chat.offline_messages where event_id = $1", id);
    expect(file.equals(row.attachment_content as Buffer)).toBe(true);
  });
});

describe("an agent's preferences", () => {
  const column = (EnumColumn: number) => ({ EnumColumn, IfVisible: true, Width: 100, CustomVariableId: 0 });
  const preferred = async (agentId: number) => {
    const { rows } = await db.pool.query(
      "select column_code from chat.agent_preference_columns where agent_id = $1 order by position",
      [agentId],
    );
    return rows.map(({ column_code }) => column_code);
  };
  const prefer = (id: number, AgentId: number, ...codes: number[]) =>
    deliver(db.pool, {
      id,
      name: "agent.preference.changed",
      data: { SiteId: 1001, AgentId, Columns: codes.map(column) },
    });

  it("are replaced as a whole by the event put later", async () => {
    await prefer(1, 61, 1, 2, 3);
    await prefer(2, 61, 9);
    expect(await preferred(61)).toEqual([9]);
  });

  it("are not changed by an event put earlier that comes late", async () => {
    await prefer(4, 62, 9);
    await prefer(3, 62, 1, 2, 3);
    expect(await preferred(62)).toEqual([9]);
  });

  it("are those of the event put last when two sessions store the first at the same moment", async () => {
    const [one, other] = [await db.connect(), await db.connect()];
    const changed = (id: number, code: number) => ({
      id,
      name: "agent.preference.changed",
      data: { SiteId: 1001, AgentId: 63, Columns: [column(code)] },
    });
    await prefer(10, 64);
    await one.query("begin");
    await deliver(one, changed(12, 9));
    const waiting = deliver(other, changed(11, 1));
    await untilBlocked(db.pool, other);
    await one.query("commit");
    await waiting;
    expect(await preferred(63)).toEqual([9]);
  });
});

describe("an event that a dialog has put", () => {
  const fromDialogs = ["chat.queued", "chat.started", "chat.visitor.replied", "chat.agent.replied"];

  async function newDialog(): Promise<{ DialogId: number; ConversationId: number }> {
    const { rows } = await db.pool.query(`
      with account as (insert into chat.accounts (name) values ('A') returning id),
        inbox as (insert into chat.inboxes (account_id, name) select id, 'I' from account returning account_id, id)
      insert into chat.conversations (account_id, inbox_id) select account_id, id from inbox
      returning account_id as "SiteId", dialog_id as "DialogId", id as "ConversationId"`);
    return rows[0];
  }

  async function isStored(name: string, id: number): Promise<boolean> {
    const { table } = EVENT_TABLES[name]!;
    const { rows } = await db.pool.query(`select from chat.${table} where event_id = $1`, [id]);
    return rows.length > 0;
  }

  it.each(fromDialogs)("is not stored a second time: %s", async (name) => {
    const dialog = await newDialog();
    const id = await put(name, { ...dialog, ChatId: String(dialog.DialogId) });
    expect(await isStored(name, id)).toBe(false);
  });

  it.each(fromDialogs.slice(1))("is not stored when its dialog has been forgotten: %s", async (name) => {
    const id = await put(name, { DialogId: 999_999, ConversationId: 999_999, ChatId: "999999" });
    expect(await isStored(name, id)).toBe(false);
  });

  it.each(fromDialogs)("is an ordinary document if it is not the dialog's own: %s", async (name) => {
    const { DialogId, ConversationId, ...site } = await newDialog();
    const strangers: object[] = [
      { DialogId, ChatId: String(DialogId) },
      { DialogId, ConversationId: ConversationId + 1, ChatId: String(DialogId) },
      { DialogId, ConversationId, ChatId: String(DialogId), SiteId: 3001 },
      { DialogId: "three", ConversationId: 0.5 },
    ];
    if (name !== "chat.queued") strangers.push({ DialogId, ConversationId, ChatId: "another" });
    for (const changes of strangers) {
      const id = await put(name, { ...site, ...changes });
      expect(await isStored(name, id), JSON.stringify(changes)).toBe(true);
    }
  });

  it("is understood, and nothing of it is stored, as dialogs really write it", async () => {
    const { rows: accounts } = await db.pool.query(`
      with account as (insert into chat.accounts (name, puts_chat_events) values ('B', true) returning id),
        inbox as (insert into chat.inboxes (account_id, name) select id, 'I' from account returning account_id, id),
        agent as (insert into chat.users (account_id, name) select id, 'U' from account returning account_id, id)
      select i.account_id, i.id as inbox_id, u.id as agent_id from inbox i join agent u using (account_id)`);
    const { account_id, inbox_id, agent_id } = accounts[0];
    const { rows } = await db.pool.query(
      "insert into chat.conversations (account_id, inbox_id) values ($1, $2) returning id",
      [account_id, inbox_id],
    );
    const conversationId = rows[0].id;
    await db.pool.query("update chat.conversations set assignee_id = $2 where id = $1", [
      conversationId,
      agent_id,
    ]);
    await db.pool.query(
      `insert into chat.messages (conversation_id, message_type, content, sender_type, sender_id)
       values ($1, 0, 'Hello', 'Contact', null), ($1, 1, 'Hi', 'User', $2)`,
      [conversationId, agent_id],
    );
    const { rows: events } = await db.pool.query(
      "select id, name, data from broker.events where name = any ($1) and data ->> 'ConversationId' = $2::text order by id",
      [fromDialogs, conversationId],
    );
    expect(new Set(events.map(({ name }) => name))).toEqual(new Set(fromDialogs));
    for (const event of events) {
      await deliver(db.pool, event);
      const stored = Object.values(await storedEvent(db.pool, event)).flat();
      expect(stored.filter(Boolean)).toEqual([]);
    }
  });
});
