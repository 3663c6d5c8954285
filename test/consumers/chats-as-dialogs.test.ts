import { describe, expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { until } from "../setup/until.ts";
import { type Document, deliver, example } from "./deliver.ts";

const db = useDatabase();

const SITE = 7;
const VISITOR = 0;
const AGENT = 1;
const SYSTEM = 2;
const BOT = 3;

let lastEventId = 0;
let lastVisitor = 0;

/** A time of the one day on which everything happens here. */
const at = (clock: string) => `2026-03-02T${clock}Z`;

const message = (clock: string, SenderType: number, Message = "…") => ({
  Id: 1,
  SenderType,
  Message,
  Time: at(clock),
});

const transfer = (clock: string, ToId: number, changes: object = {}) => ({
  Time: at(clock),
  TransferType: 0,
  ToId,
  IfSuccess: true,
  ...changes,
});

/** A visitor whom nobody else in this file has. */
const newVisitor = () => ({ Id: `visitor ${++lastVisitor}` });

/** A chat from nine until ten past, with agent 21 and a visitor of its own. */
function chat(changes: Document = {}): Document {
  return {
    ChatId: `chat ${lastEventId}`,
    SiteId: SITE,
    AgentIds: [21],
    Start: at("09:00:00"),
    End: at("09:10:00"),
    Visitor: newVisitor(),
    ...changes,
  };
}

/** Stores the chat as an event put after all others, or as `eventId`; returns its dialog. */
async function store(
  data: Document,
  eventId = lastEventId + 1,
  client: Parameters<typeof deliver>[0] = db.pool,
) {
  lastEventId = Math.max(lastEventId, eventId);
  await deliver(client, { id: eventId, name: "chat.ended", data });
  return dialogOf(String(data.ChatId));
}

async function dialogOf(chatGuid: string) {
  const { rows } = await db.pool.query(
    `select d.* from chat.dialogs d join chat.chats c on c.dialog_id = d.id
     where c.account_id = $1 and c.chat_guid = $2`,
    [SITE, chatGuid],
  );
  return rows[0];
}

/** The events of a dialog as lines: time, name, agent. */
async function eventsOf(dialogId: number): Promise<string[]> {
  const { rows } = await db.pool.query(
    `select to_char(created_at at time zone 'UTC', 'HH24:MI:SS')
       || rtrim(to_char(created_at at time zone 'UTC', '.US'), '0') as clock, name, user_id
     from chat.events where dialog_id = $1 order by created_at, id`,
    [dialogId],
  );
  return rows.map(({ clock, name, user_id }) =>
    [clock.replace(/\.$/, ""), name.replace("conversation_", ""), user_id]
      .filter((part) => part !== null)
      .join(" "),
  );
}

async function messagesOf(dialogId: number): Promise<object[]> {
  const { rows } = await db.pool.query(
    `select m.content, m.message_type as type, m.sender_type as sender, m.sender_id as id,
       m.additional_attributes ->> 'user_id_assigned' as assigned
     from chat.messages m join chat.transcript_lines l on l.message_id = m.id
     where m.dialog_id = $1 order by l.position`,
    [dialogId],
  );
  return rows;
}

/** The conversations of a visitor, each with the chats that are its dialogs, in order of time. */
async function conversationsOf({ Id }: { Id: string }): Promise<Document[]> {
  const { rows } = await db.pool.query(
    `select v.status, v.assignee_id as assignee, v.dialog_id = (array_agg(d.id order by d.created_at desc))[1] as "isLast",
       v.created_at = min(d.created_at) as "isFirst", v.updated_at = max(d.updated_at) as "isEnd",
       array_agg(c.chat_guid order by d.created_at) as chats
     from chat.contacts p
     join chat.conversations v on v.account_id = p.account_id and v.contact_id = p.id
     left join chat.dialogs d on d.conversation_id = v.id
     left join chat.chats c on c.dialog_id = d.id
     where p.account_id = $1 and p.identifier = $2
     group by v.id order by v.id`,
    [SITE, Id],
  );
  return rows;
}

/** What a conversation is after its last chat, with agent 21, was stored. */
const settled = (...chats: string[]) => ({
  status: 1,
  assignee: 21,
  isLast: true,
  isFirst: true,
  isEnd: true,
  chats,
});

async function contactOf(identifier: string) {
  const { rows } = await db.pool.query(
    "select name, email, phone_number as phone from chat.contacts where account_id = $1 and identifier = $2",
    [SITE, identifier],
  );
  return rows[0];
}

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
  await deliver(db.pool, { id: ++lastEventId, name: "chat.ended", data });
  const { rows } = await db.pool.query(
    `select (select count(*) from chat.messages where account_id = 8) as messages,
       (select count(*) from broker.events) as events`,
  );
  expect(rows).toEqual([{ messages: 1, events: 0 }]);
});

describe("the events of a chat", () => {
  const answered = { Messages: [message("09:01:00", VISITOR), message("09:02:00", AGENT)] };

  it.each<[string, Document, string[]]>([
    [
      "with an agent",
      { RequestTime: at("08:59:00"), ...answered },
      ["08:59:00 open", "09:00:00 assigned 21", "09:02:00.000001 first_response 21", "09:10:00 resolved 21"],
    ],
    [
      "that an agent takes at once: the status is told first, a microsecond apart",
      {},
      ["09:00:00 open 21", "09:00:00.000001 assigned 21", "09:10:00 resolved 21"],
    ],
    ["that nobody took", { AgentIds: [] }, ["09:00:00 open", "09:10:00 resolved"]],
    ["with a bot", { ChatType: 1, AgentIds: [] }, ["09:00:00 pending", "09:10:00 resolved"]],
    [
      "that a bot hands over at its start",
      { ChatType: 2, RequestTime: at("08:59:00"), ...answered },
      [
        "08:59:00 pending",
        "09:00:00 open 21",
        "09:00:00.000001 assigned 21",
        "09:02:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "that a bot begins: the agent's first message tells when it was handed over",
      { ChatType: 2, ...answered },
      [
        "09:00:00 pending",
        "09:01:59.999998 open 21",
        "09:01:59.999999 assigned 21",
        "09:02:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "whose agent greets at its start: it opens, is assigned and greets, as it would live",
      { Messages: [message("09:00:00", AGENT)] },
      [
        "08:59:59.999998 open 21",
        "08:59:59.999999 assigned 21",
        "09:00:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "whose agent greets at its start, taking it from a bot",
      { ChatType: 2, Messages: [message("09:00:00", AGENT)] },
      [
        "08:59:59.999997 pending",
        "08:59:59.999998 open 21",
        "08:59:59.999999 assigned 21",
        "09:00:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "whose last word is its end",
      { Messages: [message("09:10:00", AGENT)] },
      [
        "09:00:00 open 21",
        "09:00:00.000001 assigned 21",
        "09:10:00.000001 first_response 21",
        "09:10:00.000002 resolved 21",
      ],
    ],
    [
      "that a bot hands over to nobody",
      { ChatType: 2, AgentIds: [] },
      ["09:00:00 pending", "09:10:00 resolved"],
    ],
    [
      "that is transferred, once in vain and once to a department",
      {
        TransferLogs: [
          transfer("09:04:00", 23),
          transfer("09:03:00", 22),
          transfer("09:05:00", 24, { IfSuccess: false }),
          transfer("09:06:00", 5, { TransferType: 1 }),
        ],
      },
      [
        "09:00:00 open 21",
        "09:00:00.000001 assigned 21",
        "09:03:00 assigned 22",
        "09:04:00 assigned 23",
        "09:10:00 resolved 23",
      ],
    ],
    [
      "that its agent refused",
      { MissedChatStatus: 1, Messages: [message("09:01:00", VISITOR)] },
      ["09:00:00 open", "09:10:00 resolved"],
    ],
    [
      "that counts as missed although an agent wrote",
      { MissedChatStatus: 2, ...answered },
      [
        "09:00:00 open 21",
        "09:00:00.000001 assigned 21",
        "09:02:00.000001 first_response 21",
        "09:10:00 resolved 21",
      ],
    ],
    [
      "whose clocks disagree: what happened is kept within the chat",
      { TransferLogs: [transfer("08:00:00", 22), transfer("10:00:00", 23)] },
      [
        "09:00:00 open 22",
        "09:00:00.000001 assigned 21",
        "09:00:00.000002 assigned 22",
        "09:10:00 assigned 23",
        "09:10:00.000001 resolved 23",
      ],
    ],
  ])("%s", async (_what, changes, lines) => {
    const dialog = await store(chat(changes));
    expect(await eventsOf(dialog.id)).toEqual(lines);
    const [end] = lines.slice(-1);
    const { rows } = await db.pool.query(
      `select e.name, e.created_at = $2 as "endsDialog", e.value from chat.events e
       where e.dialog_id = $1 order by e.created_at desc limit 1`,
      [dialog.id, dialog.updated_at],
    );
    expect(end).toContain("resolved");
    expect(rows[0]).toMatchObject({ name: "conversation_resolved" });
  });

  it("count whole seconds from the beginning of the conversation", async () => {
    const { id } = await store(chat({ RequestTime: at("08:59:30.5"), ...answered }));
    const { rows } = await db.pool.query(
      "select value from chat.events where dialog_id = $1 order by created_at",
      [id],
    );
    expect(rows.map(({ value }) => value)).toEqual([0, 29, 149, 629]);
  });
});

describe("the messages of a chat", () => {
  it("say who wrote, and who had the chat then", async () => {
    const dialog = await store(
      chat({
        RequestTime: at("08:58:00"),
        Messages: [
          message("08:59:00", BOT, "bot"),
          message("08:59:30", VISITOR, "visitor"),
          message("09:00:00", SYSTEM, "system"),
          message("09:01:00", AGENT, "first agent"),
          message("09:03:00", AGENT, "second agent"),
          message("09:03:30", VISITOR, "visitor again"),
        ],
        TransferLogs: [transfer("09:03:00", 22)],
      }),
    );
    expect(await messagesOf(dialog.id)).toEqual([
      { content: "bot", type: 1, sender: "AgentBot", id: null, assigned: null },
      { content: "visitor", type: 0, sender: "Contact", id: dialog.contact_id, assigned: null },
      { content: "system", type: 2, sender: null, id: null, assigned: "21" },
      { content: "first agent", type: 1, sender: "User", id: 21, assigned: "21" },
      { content: "second agent", type: 1, sender: "User", id: 22, assigned: "22" },
      { content: "visitor again", type: 0, sender: "Contact", id: dialog.contact_id, assigned: "22" },
    ]);
  });

  it("belong to an agent who wrote before the chat began, by the chat's own account", async () => {
    const dialog = await store(chat({ Messages: [message("08:59:59.9", AGENT)] }));
    expect(await messagesOf(dialog.id)).toMatchObject([{ id: 21, assigned: "21" }]);
  });
});

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

describe("the chats of a visitor", () => {
  const days = ["2026-01-01", "2026-01-02", "2026-01-03"];
  const onDay = (day: number, changes: Document) =>
    chat({
      Start: `${days[day]}T09:00:00Z`,
      End: `${days[day]}T09:10:00Z`,
      Messages: [{ Id: 1, SenderType: AGENT, Message: "…", Time: `${days[day]}T09:01:00Z` }],
      ...changes,
    });

  it.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
    "are dialogs of one conversation, in order of time, when they are delivered as %j",
    async (order) => {
      const Visitor = newVisitor();
      const name = (day: number) => `${Visitor.Id} ${day}`;
      for (const day of order)
        await store(onDay(day, { ChatId: name(day), Visitor, AgentIds: [21 - 2 + day] }));

      expect(await conversationsOf(Visitor)).toEqual([settled(name(0), name(1), name(2))]);
      const { rows } = await db.pool.query(
        `select e.name, e.value, e.dialog_id from chat.events e
       join chat.dialogs d on d.conversation_id = e.conversation_id
       join chat.chats c on c.dialog_id = d.id and c.chat_guid = $1
       where e.name in ('conversation_resolved', 'first_response') order by e.created_at`,
        [name(0)],
      );
      expect(rows.map(({ name, value }) => `${name} ${value}`)).toEqual([
        "first_response 60",
        "conversation_resolved 600",
        `conversation_resolved ${86_400 + 600}`,
        `conversation_resolved ${2 * 86_400 + 600}`,
      ]);
      expect(rows[0].dialog_id).toBe((await dialogOf(name(0))).id);
    },
  );

  it("log nothing but their own events", async () => {
    const Visitor = newVisitor();
    const first = await store(onDay(0, { Visitor, AgentIds: [41] }));
    await store(onDay(2, { Visitor, AgentIds: [42] }));
    await store(onDay(1, { Visitor, AgentIds: [43] }));
    const { rows } = await db.pool.query(
      "select name, user_id from chat.events where conversation_id = $1 and name <> 'first_response' order by created_at",
      [first.conversation_id],
    );
    expect(rows.map(({ name, user_id }) => `${name} ${user_id}`)).toEqual(
      [41, 43, 42].flatMap((agent) =>
        ["open", "assigned", "resolved"].map((event) => `conversation_${event} ${agent}`),
      ),
    );
  });

  it("that overlap are in two conversations; a third takes its place in the first that is free", async () => {
    const Visitor = newVisitor();
    const from = (start: string, end: string, ChatId: string) =>
      store(chat({ Visitor, ChatId: `${Visitor.Id} ${ChatId}`, Start: at(start), End: at(end) }));
    await from("09:00:00", "09:10:00", "a");
    await from("09:10:00", "09:20:00", "b");
    await from("09:20:01", "09:30:00", "c");
    await from("09:05:00", "09:25:00", "d");
    const chats = (await conversationsOf(Visitor)).map(({ chats }) => chats);
    expect(chats).toEqual([[`${Visitor.Id} a`, `${Visitor.Id} c`], [`${Visitor.Id} b`], [`${Visitor.Id} d`]]);
  });

  it("are in one conversation per inbox", async () => {
    const Visitor = newVisitor();
    await store(onDay(0, { Visitor }));
    await store(onDay(1, { Visitor, SocialMediaSource: 1 }));
    expect(await conversationsOf(Visitor)).toHaveLength(2);
  });

  it("are in one conversation when two sessions store them at once: one waits for the other", async () => {
    const Visitor = newVisitor();
    const [one, other] = [await db.connect(), await db.connect()];
    await one.query("begin");
    await store(onDay(1, { ChatId: "waits 1", Visitor }), undefined, one);
    const waiting = store(onDay(0, { ChatId: "waits 0", Visitor }), undefined, other);
    await until("the second waits", async () => {
      const { rows } = await db.pool.query(
        "select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0",
      );
      return rows.length === 1;
    });
    await one.query("commit");
    await waiting;
    expect(await conversationsOf(Visitor)).toEqual([settled("waits 0", "waits 1")]);
  });

  it("keep away from a conversation that clients have opened", async () => {
    const Visitor = newVisitor();
    const first = await store(onDay(1, { ChatId: "before it was reopened", Visitor }));
    await db.pool.query("update chat.conversations set status = 0, assignee_id = null where id = $1", [
      first.conversation_id,
    ]);
    const earlier = await store(onDay(0, { Visitor }));
    const again = await store(onDay(1, { ChatId: "before it was reopened", Visitor }));
    expect(again.conversation_id).toBe(earlier.conversation_id);
    expect(again.conversation_id).not.toBe(first.conversation_id);
    const { rows } = await db.pool.query(
      `select v.status, v.assignee_id, d.status as dialog
       from chat.conversations v join chat.dialogs d on d.conversation_id = v.id where v.id = $1`,
      [first.conversation_id],
    );
    expect(rows).toEqual([{ status: 0, assignee_id: null, dialog: 0 }]);
  });

  it.each([
    ["that has a name of its own", "update chat.conversations set identifier = 'own' where id = $1"],
    ["that never had a dialog", "update chat.conversations set contact_id = null where id = $1"],
  ])("keep away from a conversation %s", async (_what, change) => {
    const Visitor = newVisitor();
    const first = await store(onDay(0, { Visitor }));
    await db.pool.query(change, [first.conversation_id]);
    if (change.includes("contact_id"))
      await db.pool.query(
        "insert into chat.conversations (account_id, inbox_id, contact_id, status) values ($1, $2, $3, 1)",
        [first.account_id, first.inbox_id, first.contact_id],
      );
    const next = await store(onDay(1, { ChatId: `keeps away ${Visitor.Id}`, Visitor }));
    const { rows } = await db.pool.query("select from chat.dialogs where conversation_id = $1", [
      next.conversation_id,
    ]);
    expect(rows).toHaveLength(1);
    expect(next.conversation_id).not.toBe(first.conversation_id);
  });

  it("leave it to whom it was assigned after the last of them", async () => {
    const Visitor = newVisitor();
    const { conversation_id } = await store(onDay(1, { ChatId: "assigned since", Visitor }));
    await store(chat({ AgentIds: [51] }));
    await db.pool.query("update chat.conversations set assignee_id = 51 where id = $1", [conversation_id]);
    await store(onDay(2, { Visitor, AgentIds: [43] }));
    await store(onDay(0, { Visitor, AgentIds: [43] }));
    await store(onDay(1, { ChatId: "assigned since", Visitor, AgentIds: [44] }));
    expect(await conversationsOf(Visitor)).toMatchObject([{ assignee: 51, isLast: true }]);
  });
});

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

describe("what clients write among the chats of a visitor", () => {
  /** A private note, a mention and a label, all at that time. */
  async function annotate(conversation: number, clock: string): Promise<void> {
    for (const statement of [
      `insert into chat.messages (conversation_id, content, message_type, sender_type, created_at) values ($1, 'aside', 1, 'User', $2)`,
      "insert into chat.mentions (conversation_id, user_id, mentioned_at) values ($1, 21, $2)",
      "insert into chat.events (conversation_id, name, created_at) values ($1, 'label_added', $2)",
    ])
      await db.pool.query(statement, [conversation, at(clock)]);
  }

  /** Chat and assignee of each thing written by `annotate`; a mention has no assignee. */
  async function annotations(conversation: number): Promise<string[]> {
    const { rows } = await db.pool.query(
      `select concat_ws(' ', a.what, c.chat_guid, a.assignee) as line
       from (
         select 'message' as what, dialog_id, additional_attributes ->> 'user_id_assigned' as assignee
         from chat.messages where conversation_id = $1 and content = 'aside'
         union all select 'mention', dialog_id, null from chat.mentions where conversation_id = $1
         union all select 'label', dialog_id, user_id::text from chat.events where conversation_id = $1 and name = 'label_added'
         union all select name, dialog_id, user_id::text from chat.events where conversation_id = $1 and name = 'first_response'
       ) a left join chat.chats c on c.dialog_id = a.dialog_id order by 1`,
      [conversation],
    );
    return rows.map(({ line }) => line);
  }
  const all = (guid: string, agent: string) => [
    `first_response ${guid} ${agent}`,
    `label ${guid} ${agent}`,
    `mention ${guid}`,
    `message ${guid} ${agent}`,
  ];

  it("belongs to the chat of its moment, whatever is stored and replaced later", async () => {
    const [Visitor, other] = [newVisitor(), newVisitor()];
    const named = (name: string) => `${Visitor.Id} ${name}`;
    const store_ = (name: string, start: string, end: string, agent: number, visitor = Visitor) =>
      store(
        chat({ ChatId: named(name), Visitor: visitor, Start: at(start), End: at(end), AgentIds: [agent] }),
      );
    const { conversation_id } = await store_("first", "09:00:00", "09:10:00", 21);
    await annotate(conversation_id, "12:00:00");
    expect(await annotations(conversation_id)).toEqual(all(named("first"), "21"));

    await store_("later", "11:30:00", "12:30:00", 22);
    expect(await annotations(conversation_id)).toEqual(all(named("later"), "22"));

    await store_("later", "11:30:00", "12:30:00", 23);
    expect(await annotations(conversation_id)).toEqual(all(named("later"), "23"));

    await store_("later", "13:00:00", "13:30:00", 22);
    expect(await annotations(conversation_id)).toEqual(all(named("first"), "21"));

    await store_("first", "14:00:00", "14:30:00", 21);
    expect((await annotations(conversation_id)).map((line) => line.trim())).toEqual([
      `first_response ${named("later")}`,
      `label ${named("later")}`,
      `mention ${named("later")}`,
      `message ${named("later")}`,
    ]);

    await store_("first", "09:00:00", "09:10:00", 21);
    await store_("between", "11:00:00", "12:10:00", 24);
    await store_("between", "11:00:00", "12:10:00", 24, other);
    expect(await annotations(conversation_id)).toEqual(all(named("first"), "21"));
  });
});

it("a chat that has been overtaken leaves no trace", async () => {
  const [Visitor, overtaken] = [newVisitor(), newVisitor()];
  await store(chat({ ChatId: "overtakes", Visitor }), lastEventId + 2);
  const AgentIds = [61];
  await store(chat({ ChatId: "overtakes", Visitor: overtaken, AgentIds }), lastEventId - 1);
  expect(await contactOf(overtaken.Id)).toBeUndefined();
  const { rows } = await db.pool.query("select from chat.users where account_id = $1 and id = any ($2)", [
    SITE,
    AgentIds,
  ]);
  expect(rows).toEqual([]);
});

it("the example's events tell its story", async () => {
  const document = example("chat.ended");
  await deliver(db.pool, { id: ++lastEventId, name: "chat.ended", data: document });
  const { rows } = await db.pool.query("select dialog_id from chat.chats where chat_guid = $1", [
    document.ChatId,
  ]);
  expect(await eventsOf(rows[0].dialog_id)).toEqual([
    "09:14:01 pending",
    "09:14:32.517 open 21",
    "09:14:32.517001 assigned 21",
    "09:15:20.770001 first_response 21",
    "09:18:45.99 assigned 22",
    "09:27:41.048 resolved 22",
  ]);
});
