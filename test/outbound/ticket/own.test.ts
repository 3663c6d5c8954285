import { beforeEach, describe, expect, it } from "vitest";
import { Reject } from "../../../src/broker/outcome.ts";
import { chatEnded } from "../../../src/consumers/schemas/chat-ended.ts";
import { toColumns } from "../../../src/consumers/to-columns.ts";
import { stringifyExactJson } from "../../../src/db/exact-json.ts";
import { column, rows, value } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { exampleOf } from "../deliveries.ts";
import { useTickets } from "./deliver.ts";

const db = useDatabase();
const { deliver, logged } = useTickets(db);

beforeEach(async () => {
  await db.pool.query(
    "truncate chat.tickets, chat.ticket_messages, chat.ticket_changes, chat.ticket_numbers, chat.contacts, chat.chats cascade",
  );
});

const chat = (changes: Record<string, unknown> = {}) =>
  exampleOf("chat.ended", { IfNewTicket: false, TicketId: null, ...changes });
const offline = (changes: Record<string, unknown> = {}) =>
  exampleOf("offlineMessage.submitted", { TicketId: 0, ...changes });
const tickets = () => rows(db.pool, "select * from chat.tickets order by number");
const messages = (isPrivate: boolean) =>
  rows(
    db.pool,
    `select t.number, m.author, m.content, m.attachments, m.source_id, m.event_id from chat.ticket_messages m
     join chat.tickets t on t.id = m.ticket_id where m.private = $1 order by m.id`,
    [isPrivate],
  );

describe("chat.ended", () => {
  it("makes no ticket unless it asks for one", async () => {
    expect(await deliver("chat.ended", chat())).toEqual({ note: "no ticket is asked for" });
    expect(await deliver("chat.ended", chat({ TicketId: "" }))).toEqual({ note: "no ticket is asked for" });
    expect(await deliver("chat.ended", chat({ TicketId: "0" }))).toEqual({
      note: "no ticket is asked for",
    });
    expect(await tickets()).toEqual([]);
  });

  it("makes a ticket with IfNewTicket: transcript, files, and a note for agents", async () => {
    const receipt = await deliver("chat.ended", chat({ IfNewTicket: true }));
    expect(receipt).toEqual({ reference: "1", note: "opened" });
    expect(await tickets()).toMatchObject([
      {
        account_id: 1001,
        number: 1,
        subject: "Chat with Дарина Коваль",
        status: "open",
        team_id: 12,
        chat_guid: "7d1c6e0a-4c1f-4b9e-9a55-2f0c8d3e6b71",
        event_id: 42,
        external_id: null,
      },
    ]);
    expect(await column(db.pool, "select name from chat.teams where id = 12")).toEqual(["Delivery"]);
    const [transcript] = await messages(false);
    expect(transcript).toMatchObject({
      author: "system",
      attachments: [{ name: "0f3a9b52-receipt.jpg", url: "https://files.example.com/0f3a9b52-receipt.jpg" }],
    });
    expect(transcript!.content).toContain("Дарина Коваль: Добрий день! Замовлення 88214 досі не приїхало.");
    expect(transcript!.content).not.toContain("held at customs");
    const [note] = await messages(true);
    expect(note!.content).toContain(
      "Agent's comment: Parcel was held at customs; courier confirmed for tomorrow.",
    );
    expect(note!.content).toContain("Order number: 88214");
    expect(note!.attachments).toEqual([
      { name: "c2ab7710-customs.pdf", url: "https://files.example.com/c2ab7710-customs.pdf" },
    ]);
  });

  it("writes the transcript in the ticket that TicketId names, by number", async () => {
    await db.pool.query("select chat.open_ticket(1001, 'An older matter')");
    expect(await deliver("chat.ended", chat({ TicketId: "1" }))).toEqual({
      reference: "1",
      note: "written in it",
    });
    expect(await tickets()).toHaveLength(1);
    expect(await messages(false)).toMatchObject([{ number: 1, author: "system" }]);
  });

  it("or by what somebody else calls it, which counts first", async () => {
    await db.pool.query(
      "select chat.open_ticket(1001, 'One'), chat.open_ticket(1001, 'Two', external_id => '1')",
    );
    await deliver("chat.ended", chat({ TicketId: "1" }));
    expect(await messages(false)).toMatchObject([{ number: 2 }]);
  });

  it("takes TicketId for one of both only if it is told so", async () => {
    await db.pool.query(
      "select chat.open_ticket(1001, 'One'), chat.open_ticket(1001, 'Two', external_id => '1')",
    );
    await deliver("chat.ended", chat({ TicketId: "1" }), { settings: { ticketIds: "number" } });
    expect(await messages(false)).toMatchObject([{ number: 1 }]);
    await deliver("chat.ended", chat({ TicketId: "2", ChatId: "other" }), {
      settings: { ticketIds: "external" },
    });
    expect(await tickets()).toMatchObject([{}, {}, { number: 3, external_id: "2" }]);
  });

  it("makes the ticket if TicketId names none, so that no text is lost, and what follows finds it", async () => {
    await deliver("chat.ended", chat({ TicketId: "T-20931" }));
    expect(await tickets()).toMatchObject([{ number: 1, external_id: "T-20931" }]);
    await deliver("offlineMessage.submitted", offline({ TicketId: 20931 }), { eventId: 43 });
    await deliver("chat.ended", chat({ ChatId: "next", TicketId: "T-20931" }), { eventId: 44 });
    expect((await messages(false)).map(({ number }) => number)).toEqual([1, 2, 1]);
  });

  it("takes TicketId for the name of the new ticket if it asks for one, never for a number of ours", async () => {
    await db.pool.query("select chat.open_ticket(1001, 'Somebody else''s')");
    await deliver("chat.ended", chat({ IfNewTicket: true, TicketId: "1" }));
    expect(await tickets()).toMatchObject([
      { number: 1, external_id: null },
      { number: 2, external_id: "1" },
    ]);
  });

  it("opens a solved ticket again if no agent was in the chat", async () => {
    const open = () => value<number>(db.pool, "select chat.open_ticket(1001, 'x', external_id => 'T')");
    await db.pool.query("select chat.set_ticket_status($1, 'solved')", [await open()]);
    await deliver("chat.ended", chat({ TicketId: "T" }));
    expect(await tickets()).toMatchObject([{ status: "solved" }]);
    await deliver("chat.ended", chat({ TicketId: "T", ChatId: "missed", AgentIds: [] }));
    expect(await tickets()).toMatchObject([{ status: "open" }]);
  });

  it("writes times in the zone and language that the destination is set to", async () => {
    await deliver("chat.ended", chat({ IfNewTicket: true }), {
      settings: { timeZone: "Europe/Kyiv", language: "uk", priority: "high" },
    });
    expect((await messages(false))[0]!.content).toMatch(/^2 березня 2026 р\.\n11:14 Parley Bot: Hello!/);
    expect(await tickets()).toMatchObject([{ priority: "high" }]);
  });

  it("keeps a chat in which nothing was said", async () => {
    await deliver("chat.ended", chat({ IfNewTicket: true, Messages: [] }));
    expect((await messages(false))[0]!.content).toBe("Nothing was said in this chat.");
  });
});

describe("offlineMessage.submitted", () => {
  it("makes a ticket that its contact has written", async () => {
    await deliver("offlineMessage.submitted", offline());
    expect(await tickets()).toMatchObject([{ number: 1, subject: "发票", team_id: 12, status: "open" }]);
    expect(await messages(false)).toMatchObject([
      {
        author: "contact",
        content: "你好，请把订单 88231 的发票寄给我。谢谢！",
        attachments: [{ name: "invoice.txt", size: 14 }],
        event_id: 42,
      },
    ]);
    expect((await messages(true))[0]!.content).toContain("Order number: 88231");
    expect(await rows(db.pool, "select identifier, name, email from chat.contacts")).toEqual([
      { identifier: "550044", name: "李娜", email: "li.na@example.com" },
    ]);
  });

  it("is written in the ticket that TicketId names, which is opened again whatever its status", async () => {
    const id = await value(db.pool, "select chat.open_ticket(1001, 'x')");
    await db.pool.query("select chat.set_ticket_status($1, 'closed')", [id]);
    await deliver("offlineMessage.submitted", offline({ TicketId: 1 }));
    expect(await tickets()).toMatchObject([{ number: 1, status: "open" }]);
    expect(await messages(false)).toMatchObject([{ number: 1, author: "contact" }]);
  });

  it("is kept with its title if it has no text, or with its file if it has neither", async () => {
    await deliver("offlineMessage.submitted", offline({ Content: "", AttachmentContent: null }));
    await deliver("offlineMessage.submitted", offline({ Content: null, Title: null }), { eventId: 43 });
    expect((await messages(false)).map(({ content }) => content)).toEqual(["发票", null]);
  });

  it("is kept if nobody is known", async () => {
    const anonymous = Object.fromEntries(
      ["visitorId", "VisitorName", "VisitorEmail", "VisitorPhone", "SessionId"].map((name) => [name, null]),
    );
    await deliver("offlineMessage.submitted", offline(anonymous));
    expect(await tickets()).toMatchObject([{ contact_id: null }]);
    expect(await column(db.pool, "select count(*) from chat.contacts")).toEqual([0]);
  });
});

describe("delivered again", () => {
  it.each([
    ["chat.ended", chat({ IfNewTicket: true })],
    ["offlineMessage.submitted", offline()],
  ] as const)("%s changes nothing", async (event, data) => {
    const first = await deliver(event, data);
    const stored = [await tickets(), await messages(false), await messages(true)];
    expect(await deliver(event, data)).toEqual({ ...first, note: "written in it" });
    expect([await tickets(), await messages(false), await messages(true)]).toEqual(stored);
  });

  it("by two workers at once makes one ticket", async () => {
    const data = chat({ IfNewTicket: true });
    await Promise.all([1, 2, 3, 4].map(() => deliver("chat.ended", data)));
    expect(await tickets()).toHaveLength(1);
    expect(await messages(false)).toHaveLength(1);
  });

  it("a later event of the same chat replaces its transcript, an older one does not", async () => {
    const say = (text: string) =>
      chat({
        IfNewTicket: true,
        AgentComment: text,
        Messages: [{ Id: 1, SenderType: 0, Message: text, Time: "2026-03-02T09:15:00Z" }],
      });
    await deliver("chat.ended", say("second"), { eventId: 50 });
    await deliver("chat.ended", say("third"), { eventId: 60 });
    await deliver("chat.ended", say("first"), { eventId: 40 });
    expect(await tickets()).toHaveLength(1);
    expect(await messages(false)).toMatchObject([
      { content: expect.stringContaining("third"), event_id: 60 },
    ]);
    expect(await messages(true)).toMatchObject([{ content: expect.stringContaining("third") }]);
  });
});

describe("the dialog of a chat's ticket", () => {
  const store = (eventId: number) =>
    db.pool.query("select chat.store_chat_ended($1, '2026-03-02T09:30Z', $2)", [
      eventId,
      stringifyExactJson(toColumns(chatEnded.parse(chat({ IfNewTicket: true })))),
    ]);
  const dialogs = () =>
    rows(
      db.pool,
      `select chat.dialog_of_chat(t.account_id, t.chat_guid) as of_ticket, c.dialog_id as of_chat, t.contact_id = d.contact_id as same_contact
       from chat.tickets t left join chat.chats c using (account_id, chat_guid) left join chat.dialogs d on d.id = c.dialog_id`,
    );

  it.each(["before", "after"])(
    "is known when persistence stores the chat %s the ticket is made",
    async (when) => {
      if (when === "before") await store(42);
      await deliver("chat.ended", chat({ IfNewTicket: true }));
      if (when === "after") {
        expect(await dialogs()).toMatchObject([{ of_ticket: null }]);
        await store(42);
      }
      const [linked] = await dialogs();
      expect(linked).toMatchObject({ of_ticket: linked!.of_chat, same_contact: true });
      // A later event of the chat replaces the dialog; the link stays.
      await store(43);
      expect(await dialogs()).toEqual([linked]);
    },
  );

  it("that puts its events itself is the dialog; once its contact is forgotten, nothing comes back", async () => {
    await db.pool.query(
      `insert into chat.inboxes (account_id, name) values (1001, 'Website');
       insert into chat.contacts (account_id, name) values (1001, 'Eve')`,
    );
    const own = await value<number>(
      db.pool,
      `insert into chat.conversations (account_id, inbox_id, contact_id)
       select 1001, max(i.id), max(c.id) from chat.inboxes i, chat.contacts c returning id`,
    );
    const dialog = await value<number>(db.pool, "select dialog_id from chat.conversations where id = $1", [
      own,
    ]);
    const event = (extra = {}) =>
      chat({ IfNewTicket: true, ChatId: String(dialog), DialogId: dialog, ConversationId: own, ...extra });
    await deliver("chat.ended", event());
    expect(await tickets()).toMatchObject([{ dialog_id: dialog, chat_guid: null }]);
    expect(await value(db.pool, "select count(*) from chat.contacts")).toBe(1);

    await db.pool.query("select chat.forget_contact(1001, id) from chat.contacts");
    expect(await tickets()).toEqual([]);
    await deliver("chat.ended", event());
    expect(await tickets()).toEqual([]);
    expect(await value(db.pool, "select count(*) from chat.contacts")).toBe(0);
  });
});

it("an event of another name cannot become a ticket", async () => {
  const { ticketAdapter } = await import("../../../src/outbound/ticket/adapter.ts");
  const adapter = ticketAdapter({ privateAddresses: [] } as never);
  const delivery = { eventName: "ban.added", data: {}, eventId: 1, putAt: new Date() };
  const attempt = adapter.deliver(
    delivery as never,
    { settings: adapter.settings.parse({}) } as never,
    {} as never,
  );
  await expect(attempt).rejects.toBeInstanceOf(Reject);
});

it("nothing that a customer wrote is logged", () => {
  expect(logged).toEqual([]);
});
