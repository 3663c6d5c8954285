import { describe, expect, it } from "vitest";
import { useZendesk } from "./use-zendesk.ts";

const zendesk = useZendesk();
const { chatEnded, offlineMessage } = zendesk;
const bodies = () => zendesk.peer().tickets.map(({ comments }) => comments.map(({ body }) => body));

/** A chat of four comments. */
const long = {
  IfNewTicket: false,
  TicketId: "",
  Messages: Array.from({ length: 3 }, (_, index) => ({
    Id: index,
    SenderType: 0,
    SenderName: "D",
    Message: String(index).repeat(50_000),
    Time: "2026-03-02T09:15:00Z",
  })),
};

describe("the same delivery again", () => {
  it.each([
    { what: "of a chat", again: () => chatEnded() },
    { what: "of a long chat", again: () => chatEnded({}, long) },
    { what: "of a chat line by line", again: () => chatEnded({ transcript: "lines" }) },
    { what: "of an offline message", again: () => offlineMessage({ continueTickets: false }) },
  ])("$what makes nothing twice", async ({ again }) => {
    const first = await again();
    const before = bodies();
    zendesk.restart();
    expect(await again()).toEqual(first);
    expect(bodies()).toEqual(before);
  });

  it("that continues a ticket makes no comment twice, however many others there are", async () => {
    const ticket = zendesk.peer().addTicket({});
    const again = () => chatEnded({}, { ...long, TicketId: String(ticket.id) });
    await again();
    expect(ticket.comments).toHaveLength(4);
    zendesk.restart();
    await again();
    expect(ticket.comments).toHaveLength(4);
  });

  it.each([/POST .*tickets/, /POST .*imports/])(
    "of an answer that got lost (%s) makes nothing twice",
    async (request) => {
      const transcript = /imports/.test(request.source) ? "lines" : "comments";
      zendesk.peer().failNext(request, "drop the answer");
      await expect(chatEnded({ transcript })).rejects.toMatchObject({ code: "PA070" });
      await chatEnded({ transcript });
      expect(zendesk.peer().tickets).toHaveLength(1);
    },
  );

  it("is told by its key, should the ticket not be found yet", async () => {
    await chatEnded();
    delete zendesk.peer().tickets[0]!.external_id;
    await chatEnded();
    expect(zendesk.peer().tickets).toHaveLength(1);
    const keys = zendesk.peer().requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys.filter(Boolean)).toEqual(["dlv-7-42", "dlv-7-42"]);
  });

  it("with its key but other content looks for its ticket at the next attempt", async () => {
    await chatEnded();
    delete zendesk.peer().tickets[0]!.external_id;
    await expect(chatEnded({ priority: "high" })).rejects.toMatchObject({ name: "Error" });
    expect(zendesk.peer().tickets).toHaveLength(1);
  });
});

describe("whatever request of a delivery breaks, the delivery again ends as if none had", () => {
  const { peer, restart } = zendesk;
  const tickets = () =>
    JSON.stringify(peer().tickets, (name, value) =>
      name === "uploads" ? (value as string[]).length : value,
    );

  it.each([
    { what: "a chat", again: () => chatEnded() },
    { what: "a long chat", again: () => chatEnded({}, long) },
    { what: "a chat line by line", again: () => chatEnded({ transcript: "lines" }) },
    { what: "an offline message", again: () => offlineMessage({ continueTickets: false }) },
    { what: "a chat that continues a ticket", again: () => chatEnded({}, { ...long, TicketId: "20001" }) },
    { what: "a file for a ticket", again: () => offlineMessage({}, { TicketId: 20001 }) },
  ])("$what", async ({ again }) => {
    const startOver = () => {
      peer().forget();
      peer().addTicket({});
      restart();
    };
    startOver();
    await again();
    const wanted = tickets();
    const requests = peer().requests.length;
    expect(requests).toBeGreaterThan(2);

    for (const fault of ["drop", "drop the answer", { status: 503 }, { status: 500, body: "?" }] as const) {
      for (let broken = 0; broken < requests; broken += 1) {
        startOver();
        peer().failNext(/./, fault, broken);
        await expect(again()).rejects.toThrow();
        restart();
        await again();
        expect(tickets(), `${JSON.stringify(fault)} at request ${broken}`).toBe(wanted);
      }
    }
  });
});
