import { beforeAll, describe, expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { createTwoAccounts } from "./two-accounts.ts";
import { token, useApi } from "./use-api.ts";

const db = useDatabase();
const api = useApi(db);

let producer: string;
let analyst: string;
beforeAll(async () => {
  await createTwoAccounts(db.pool);
  [producer, analyst] = await Promise.all([token("producer", 1), token("analyst", 1)]);
});

async function mutate(field: string, input: Record<string, unknown>, as = producer) {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const result =
    field === "appendTicketMessage"
      ? "message { id ticketId author agentId private content attachments sourceId }"
      : "ticket { id number subject status priority assigneeId teamId contactId dialogId chatGuid externalId solvedAt }";
  const answer = await api.query(as, `mutation($input: ${type}!) { ${field}(input: $input) { ${result} } }`, {
    input,
  });
  return answer.errors?.[0] ?? Object.values(answer.data[field])[0];
}

describe("a server of agents", () => {
  it("opens a ticket, writes in it and moves it", async () => {
    const opened = await mutate("openTicket", { subject: "Late parcel", contactId: 1, externalId: "T-1" });
    expect(opened).toMatchObject({
      subject: "Late parcel",
      status: "open",
      priority: "normal",
      contactId: "1",
      externalId: "T-1",
    });
    expect(await mutate("openTicket", { subject: "Again", externalId: "T-1" })).toEqual(opened);
    const { id: ticketId } = opened;

    const message = { ticketId, content: "Where is it?", sourceId: "m-1", attachments: [{ name: "a.jpg" }] };
    const written = await mutate("appendTicketMessage", message);
    expect(written).toMatchObject({ ...message, author: "contact", private: false, agentId: null });
    expect(await mutate("appendTicketMessage", message)).toEqual(written);

    const moves = [
      ["assignTicket", { assigneeId: 1, teamId: 2 }, { assigneeId: "1", teamId: "2" }],
      ["setTicketPriority", { priority: "urgent" }, { priority: "urgent" }],
      ["setTicketStatus", { status: "solved" }, { status: "solved", solvedAt: expect.any(String) }],
      ["setTicketStatus", { status: "open" }, { status: "open", solvedAt: null }],
      ["unassignTicket", {}, { assigneeId: null, teamId: "2" }],
      ["linkTicket", { dialogId: 1 }, { dialogId: "1" }],
      ["linkTicket", { chatGuid: "later" }, { dialogId: null, chatGuid: "later" }],
    ] as const;
    for (const [field, input, expected] of moves)
      expect(await mutate(field, { ticketId, ...input }), field).toMatchObject(expected);
  });

  it("names an account where its token names none", async () => {
    const all = await token("producer");
    expect(await mutate("openTicket", { subject: "x", accountId: 2 }, all)).toMatchObject({ number: 1 });
  });

  it.each([
    [
      "openTicket",
      { subject: "x", contactId: 2 },
      "BAD_USER_INPUT",
      "there is no such contact in this account",
    ],
    ["openTicket", { subject: "x", dialogId: 2 }, "PA082", "there is no dialog 2 in account 1"],
    ["openTicket", { subject: "" }, "BAD_USER_INPUT", "refused: subject 1 to 300 characters"],
    ["assignTicket", { ticketId: 999, assigneeId: 1 }, "PA080", "there is no ticket 999"],
  ])("is told what is wrong: %s %o", async (field, input, code, message) => {
    expect(await mutate(field, input)).toMatchObject({ message, extensions: { code } });
  });
});

describe("an analyst", () => {
  it("reads tickets, their messages and their history", async () => {
    const { id } = await mutate("openTicket", { subject: "To read" });
    await mutate("appendTicketMessage", { ticketId: id, content: "Hello" });
    await mutate("appendTicketMessage", {
      ticketId: id,
      content: "Note",
      author: "agent",
      agentId: 1,
      private: true,
    });
    await mutate("setTicketStatus", { ticketId: id, status: "pending" });
    const query = `query($id: BigInt!) {
      ticket(id: $id) { subject status }
      tickets(first: 5, filter: { status: { equalTo: pending } }) { totalCount nodes { id } }
      ticketMessages(first: 5, filter: { ticketId: { equalTo: $id } }) { nodes { author private content } }
      ticketChanges(first: 5, filter: { ticketId: { equalTo: $id } }) { nodes { status } }
    }`;
    expect(await api.query(analyst, query, { id })).toEqual({
      data: {
        ticket: { subject: "To read", status: "pending" },
        tickets: { totalCount: 1, nodes: [{ id }] },
        ticketMessages: {
          nodes: [
            { author: "contact", private: false, content: "Hello" },
            { author: "agent", private: true, content: "Note" },
          ],
        },
        ticketChanges: { nodes: [{ status: "open" }, { status: "pending" }] },
      },
    });
    expect((await api.query(await token("analyst", 2), query, { id })).data).toMatchObject({
      ticket: null,
      tickets: { totalCount: 0 },
      ticketMessages: { nodes: [] },
      ticketChanges: { nodes: [] },
    });
  });

  it("sees the dialog of a ticket's chat as soon as the chat is stored", async () => {
    const { id, dialogId } = await mutate("openTicket", { subject: "x", chatGuid: "soon" });
    expect(dialogId).toBe(null);
    await db.pool.query(
      `select chat.store_chat_ended(7, now(), jsonb_build_object('account_id', 1, 'chat_guid', 'soon', 'agent_ids', '[1]'::jsonb,
         'started_at', '2026-03-02T09:00:00Z', 'ended_at', '2026-03-02T09:05:00Z', 'messages', '[]'::jsonb))`,
    );
    const { data } = await api.query(analyst, "query($id: BigInt!) { ticket(id: $id) { dialogId } }", { id });
    const { rows } = await db.pool.query("select dialog_id from chat.chats where chat_guid = 'soon'");
    expect(data.ticket.dialogId).toBe(String(rows[0].dialog_id));
  });
});
