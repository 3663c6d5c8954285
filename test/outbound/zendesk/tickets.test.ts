import { describe, expect, it } from "vitest";
import { deliveryOf, exampleOf } from "../deliveries.ts";
import { useZendesk } from "./use-zendesk.ts";

const zendesk = useZendesk();
const { chatEnded, offlineMessage } = zendesk;
const exampleWith = (changes: Record<string, unknown>) =>
  deliveryOf("chat.ended", exampleOf("chat.ended", changes));
const only = () => {
  expect(zendesk.peer().tickets).toHaveLength(1);
  return zendesk.peer().tickets[0]!;
};

describe("a chat", () => {
  it("becomes a ticket: what is known and how it began, then the transcript as an internal comment", async () => {
    const receipt = await chatEnded({ timeZone: "Europe/Kyiv", language: "en-GB" });
    const { comments, ...ticket } = only();
    expect(ticket).toMatchObject({
      subject: "Chat with Дарина Коваль",
      external_id: "dlv-7-42",
      tags: ["parley"],
    });
    expect(receipt.reference).toBe(`ticket ${ticket.id}`);
    expect(comments.map((comment) => comment.public)).toEqual([true, false]);
    expect(comments[0]!.body).toMatch(/^Добрий день! Замовлення 88214 досі не приїхало\.\n\nChat: 7d1c6e0a-/);
    expect(comments[0]!.body).toContain("Order number: 88214");
    expect(comments[1]!.body).toContain("11:15 Olena: Вітаю, Дарино! Зараз перевірю.");
    expect(comments[1]!.body).toContain("https://files.example.com/0f3a9b52-receipt.jpg");
  });

  it.each([
    { publicComments: "none", expected: [false, false] },
    { publicComments: "first", expected: [true, false] },
    { publicComments: "all", expected: [true, true] },
  ])("shows the requester as much as is set: $publicComments", async ({ publicComments, expected }) => {
    await chatEnded({ publicComments });
    expect(only().comments.map((comment) => comment.public)).toEqual(expected);
  });

  it("that is long becomes as many comments as it takes, nothing lost", async () => {
    const messages = Array.from({ length: 400 }, (_, index) => ({
      Id: index,
      SenderType: index % 2,
      SenderName: "Людина",
      Message: `${index} ${"щось довге ".repeat(40)}`,
      Time: "2026-03-02T09:15:00Z",
    }));
    await chatEnded(
      {},
      { Messages: [...messages, { ...messages[0]!, Id: 401, Message: "📦".repeat(40_000) }] },
    );
    const { comments } = only();
    expect(comments.length).toBeGreaterThan(5);
    const text = comments
      .slice(1)
      .map(({ body }) => body)
      .join("");
    for (const index of [0, 200, 399]) expect(text).toContain(`Людина: ${index} щось`);
    expect(text.match(/📦/gu)).toHaveLength(40_000);
  });

  it("becomes a comment for each line, at its time and by whom, if set: by the import API", async () => {
    await chatEnded({ transcript: "lines", publicComments: "all" });
    const { comments, requester_id } = only();
    expect(comments).toHaveLength(9);
    expect(comments[3]).toMatchObject({
      body: "Добрий день! Замовлення 88214 досі не приїхало.\n[Good morning! Order 88214 still has not arrived.]",
      author_id: requester_id,
      created_at: expect.stringMatching(/^2026-03-02T09:14:58/),
    });
    expect(comments[7]).toMatchObject({
      body: expect.stringMatching(/^魏 \(Wei\): 您的包裹在海关，明天送达。/),
      author_id: zendesk.peer().agent.id,
    });
  });

  it("becomes internal lines that the robot writes, if the requester shall not read them", async () => {
    await chatEnded({ transcript: "lines" });
    expect(
      only()
        .comments.slice(1)
        .every((comment) => !comment.public && comment.author_id === 1),
    ).toBe(true);
    expect(only().comments[3]!.body).toMatch(/^Дарина Коваль: Добрий день!/);
  });

  it("that asks for no ticket becomes none, if set", async () => {
    const changes = { IfNewTicket: false, TicketId: "" };
    await expect(chatEnded({ chats: "asked" }, changes)).resolves.toEqual({
      note: "no ticket is asked for",
    });
    expect(zendesk.peer().requests).toEqual([]);
    await chatEnded({ chats: "asked" }, { IfNewTicket: true });
    expect(zendesk.peer().tickets).toHaveLength(1);
  });
});

describe("an offline message", () => {
  it("becomes a ticket that the visitor wrote, with the file", async () => {
    await offlineMessage({ continueTickets: false });
    const { comments, ...ticket } = only();
    expect(ticket.subject).toBe("发票");
    expect(comments).toMatchObject([{ author_id: ticket.requester_id, public: true, uploads: ["upload-1"] }]);
    expect(comments[0]!.body).toMatch(/^你好，请把订单 88231 的发票寄给我。谢谢！/);
    expect(zendesk.peer().uploads.get("upload-1")).toEqual({
      filename: "invoice.txt",
      content: Buffer.from("Invoice 88214\n"),
    });
  });

  it("with a file only is a ticket too", async () => {
    await offlineMessage({ continueTickets: false }, { Title: null, Content: null });
    expect(only()).toMatchObject({ subject: "Message from 李娜", comments: [{ uploads: ["upload-1"] }] });
  });
});

describe("the requester", () => {
  it("is the user with the visitor's address, whose name stays", async () => {
    zendesk.peer().addUser({ name: "Not her", email: "not.daryna.koval@example.com" });
    const user = zendesk.peer().addUser({ name: "D. Koval", email: "Daryna.Koval@example.com" });
    await chatEnded();
    expect(only().requester_id).toBe(user.id);
    expect(user.name).toBe("D. Koval");
  });

  it("is a new user otherwise", async () => {
    await chatEnded();
    const user = { name: "Дарина Коваль", email: "daryna.koval@example.com", phone: "+380 44 555 01 42" };
    expect(zendesk.peer().users).toMatchObject([user]);
    expect(only().requester_id).toBe(zendesk.peer().users[0]!.id);
  });

  it("without an address, is the user made for this visitor", async () => {
    const anonymous = { PreChatEmail: null, PreChatName: null, Visitor: { Id: "550031", LastName: "" } };
    await chatEnded({}, anonymous);
    expect(zendesk.peer().users).toMatchObject([
      { name: "Visitor 550031", external_id: "parley-1001-visitor-550031", email: null },
    ]);
  });

  it("is nobody else but the robot if nothing is known", async () => {
    await chatEnded({}, { PreChatEmail: "not an address", PreChatName: null, Visitor: null });
    expect(zendesk.peer().users).toEqual([]);
    expect(only().requester_id).toBe(zendesk.peer().agent.id);
  });
});

describe("where the ticket goes", () => {
  const departments = { 12: { groupId: 31, brandId: 41 }, Billing: { groupId: 32 } };

  it("by the department's id, or name, or else as set", async () => {
    const settings = { departments, groupId: 30, brandId: 40 };
    await chatEnded(settings);
    expect(zendesk.peer().tickets.at(-1)).toMatchObject({ group_id: 31, brand_id: 41 });
    const billing = exampleWith({ PreChatDepartmentId: 99, PreChatDepartmentName: "Billing" });
    await zendesk.deliver({ ...billing, id: "dlv-7-43" }, settings);
    expect(zendesk.peer().tickets.at(-1)).toMatchObject({ group_id: 32, brand_id: 40 });
    const other = exampleWith({ PreChatDepartmentId: 98, PreChatDepartmentName: "?" });
    await zendesk.deliver({ ...other, id: "dlv-7-44" }, settings);
    expect(zendesk.peer().tickets.at(-1)).toMatchObject({ group_id: 30, brand_id: 40 });
  });

  it("with what the settings say of it", async () => {
    const settings = {
      tags: ["chat", "vip"],
      priority: "high",
      type: "question",
      status: "open",
      ticketFormId: 77,
    };
    await chatEnded({
      ...settings,
      customFields: { 360001: "CustomFields.Order number", 360002: "AgentComment2" },
    });
    expect(only()).toMatchObject({
      tags: ["chat", "vip"],
      priority: "high",
      type: "question",
      status: "open",
      ticket_form_id: 77,
      custom_fields: [{ id: 360001, value: "88214" }],
    });
  });
});

describe("an event that names a ticket", () => {
  const naming = (TicketId: number | string) => ({ IfNewTicket: false, TicketId: String(TicketId) });

  it("continues it", async () => {
    const ticket = zendesk.peer().addTicket({ subject: "Late" });
    const receipt = await chatEnded({}, naming(ticket.id));
    expect(receipt.reference).toBe(`ticket ${ticket.id}`);
    expect(only().comments.map((comment) => comment.public)).toEqual([true, false]);
  });

  it("adds an offline message with its file", async () => {
    const ticket = zendesk.peer().addTicket({});
    await offlineMessage({}, { TicketId: ticket.id });
    expect(only().comments).toMatchObject([{ uploads: ["upload-1"] }]);
  });

  it("is followed up in a new one if that one is closed", async () => {
    const ticket = zendesk.peer().addTicket({ status: "closed" });
    await chatEnded({}, naming(ticket.id));
    expect(zendesk.peer().tickets[1]).toMatchObject({ via_followup_source_id: ticket.id });
  });

  it.each(["20999", "T-20931"])("makes a new one if there is no such ticket: %s", async (id) => {
    await chatEnded({}, naming(id));
    expect(only().external_id).toBe("dlv-7-42");
  });

  it("makes a new one if it asks for a new one, or the settings do not continue tickets", async () => {
    const ticket = zendesk.peer().addTicket({});
    await chatEnded({}, { IfNewTicket: true, TicketId: String(ticket.id) });
    expect(zendesk.peer().tickets).toHaveLength(2);
    await zendesk.deliver({ ...exampleWith(naming(ticket.id)), id: "dlv-7-43" }, { continueTickets: false });
    expect(zendesk.peer().tickets).toHaveLength(3);
    expect(ticket.comments).toEqual([]);
  });
});
