import { describe, expect, it } from "vitest";
import { Reject } from "../../../src/broker/outcome.ts";
import { DestinationDown } from "../../../src/outbound/destination-down.ts";
import { CallFailed } from "../../../src/outbound/http/failure.ts";
import { rows } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { exampleOf } from "../deliveries.ts";
import { useHttpClient } from "../http/use-http-client.ts";
import { httpPeer, type ReceivedRequest } from "../peers/http-peer.ts";
import { useTickets } from "./deliver.ts";

const db = useDatabase();
const { deliver, addDestination } = useTickets(db);

const chat = (changes: Record<string, unknown> = {}) =>
  exampleOf("chat.ended", { IfNewTicket: true, TicketId: null, ...changes });
const offline = (changes: Record<string, unknown> = {}) =>
  exampleOf("offlineMessage.submitted", { TicketId: 0, ...changes });

const settingsFor = (url: string, more = {}) => ({
  target: "http",
  create: { url: `${url}/tickets` },
  append: { url: `${url}/tickets/{reference}/comments` },
  reference: "ticket.id",
  ...more,
});

/** A ticket system that numbers tickets from 1, knows those that it has made, and keeps what came twice by the same key apart. */
async function ticketSystem(before: (request: ReceivedRequest) => number | undefined = () => undefined) {
  const made: unknown[] = [];
  const byKey = new Map<string, string>();
  const peer = await httpPeer((request, response) => {
    const status = before(request);
    if (status !== undefined) {
      response.statusCode = status;
      return void response.end(`{"error": "status ${status}"}`);
    }
    const [, reference] = /^\/tickets\/([^/]+)\/comments$/.exec(request.path) ?? [];
    if (reference !== undefined) {
      response.statusCode = Number(reference) <= made.length ? 200 : 404;
      return void response.end("{}");
    }
    const key = String(request.headers["idempotency-key"]);
    const answer = byKey.get(key) ?? JSON.stringify({ ticket: { id: made.push(JSON.parse(request.body)) } });
    byKey.set(key, answer);
    response.statusCode = 201;
    return void response.end(answer);
  });
  const id = await addDestination();
  return { ...peer, made, destination: { destinationId: id, settings: settingsFor(peer.url) } };
}

const paths = (received: ReceivedRequest[]) => received.map(({ path }) => path);

describe("a ticket system that works", () => {
  it("is given a chat with everything that is known, under the delivery's id", async () => {
    const system = await ticketSystem();
    const receipt = await deliver("chat.ended", chat(), system.destination);
    expect(receipt).toMatchObject({ status: 201, reference: "1" });
    expect(system.received[0]).toMatchObject({
      method: "POST",
      path: "/tickets",
      headers: { "idempotency-key": "dlv-42", "content-type": "application/json" },
    });
    expect(system.made).toEqual([
      {
        subject: "Chat with Дарина Коваль",
        text: expect.stringContaining("Дуже дякую!"),
        note: expect.stringContaining("held at customs"),
        name: "Дарина Коваль",
        email: "daryna.koval@example.com",
        phone: "+380 44 555 01 42",
        company: "Кав'ярня «Світанок»",
        visitorId: "550031",
        kind: "chat",
        chatId: "7d1c6e0a-4c1f-4b9e-9a55-2f0c8d3e6b71",
        ticketId: null,
        reference: null,
        deliveryId: "dlv-42",
        departmentId: 12,
        department: "Delivery",
        at: "2026-03-02T09:14:32.517000Z",
        attachments: [
          {
            name: "0f3a9b52-receipt.jpg",
            url: "https://files.example.com/0f3a9b52-receipt.jpg",
            private: false,
          },
          {
            name: "c2ab7710-customs.pdf",
            url: "https://files.example.com/c2ab7710-customs.pdf",
            private: true,
          },
        ],
      },
    ]);
  });

  it("is given the bytes of an offline message's file", async () => {
    const system = await ticketSystem();
    await deliver("offlineMessage.submitted", offline(), system.destination);
    expect(system.made).toMatchObject([
      {
        kind: "offlineMessage",
        attachments: [{ name: "invoice.txt", size: 14, content: "SW52b2ljZSA4ODIxNAo=", private: false }],
      },
    ]);
  });

  it("is given what continues a ticket as a comment of that ticket", async () => {
    const system = await ticketSystem();
    await deliver("offlineMessage.submitted", offline(), { ...system.destination, eventId: 1 });
    await deliver("chat.ended", chat({ TicketId: "T-7" }), { ...system.destination, eventId: 2 });
    await deliver("chat.ended", chat({ ChatId: "b", IfNewTicket: false, TicketId: "T-7" }), {
      ...system.destination,
      eventId: 3,
    });
    expect(paths(system.received)).toEqual(["/tickets", "/tickets", "/tickets/2/comments"]);
    expect(JSON.parse(system.received[2]!.body)).toMatchObject({
      reference: "2",
      ticketId: "T-7",
      chatId: "b",
    });
  });

  it("takes TicketId for its own name of a ticket that we do not know", async () => {
    const system = await ticketSystem();
    await deliver("offlineMessage.submitted", offline(), { ...system.destination, eventId: 1 });
    const receipt = await deliver("offlineMessage.submitted", offline({ TicketId: 1 }), {
      ...system.destination,
      eventId: 2,
    });
    expect(paths(system.received)).toEqual(["/tickets", "/tickets/1/comments"]);
    expect(receipt).toMatchObject({ reference: "1" });
  });

  it("makes a ticket of what continues one that is not there (any more), and what follows finds that", async () => {
    const system = await ticketSystem();
    await deliver("offlineMessage.submitted", offline({ TicketId: 77 }), {
      ...system.destination,
      eventId: 1,
    });
    await deliver("offlineMessage.submitted", offline({ TicketId: 77 }), {
      ...system.destination,
      eventId: 2,
    });
    expect(paths(system.received)).toEqual(["/tickets/77/comments", "/tickets", "/tickets/1/comments"]);
    expect(system.received.map(({ headers }) => headers["idempotency-key"])).toEqual([
      "dlv-1",
      "dlv-1-new",
      "dlv-2",
    ]);
  });

  it("is asked for a ticket each time if it is not told how to append", async () => {
    const system = await ticketSystem();
    const { append: _, ...settings } = settingsFor(system.url);
    const destination = { ...system.destination, settings };
    await deliver("chat.ended", chat({ TicketId: "T-7" }), { ...destination, eventId: 1 });
    await deliver("offlineMessage.submitted", offline({ TicketId: 7 }), { ...destination, eventId: 2 });
    expect(paths(system.received)).toEqual(["/tickets", "/tickets"]);
  });

  it("gets the body that its owner has written, filled in", async () => {
    const system = await ticketSystem();
    const settings = settingsFor(system.url, {
      create: {
        url: `${system.url}/tickets`,
        method: "PUT",
        body: {
          ticket: {
            title: "[{kind}] {subject}",
            requester: { name: "{name}", email: "{email}" },
            files: "{attachments}",
            group: "{departmentId}",
            tags: ["parley", "{ticketId}"],
            json: '{"a": 1}',
          },
        },
      },
      headers: { "x-site": "shop" },
    });
    await deliver("chat.ended", chat({ PreChatName: 'Eve", "admin": true, "x": "{note}' }), {
      ...system.destination,
      settings,
    });
    expect(system.received[0]).toMatchObject({ method: "PUT", headers: { "x-site": "shop" } });
    expect(system.made).toEqual([
      {
        ticket: {
          title: '[chat] Chat with Eve", "admin": true, "x": "{note}',
          requester: { name: 'Eve", "admin": true, "x": "{note}', email: "daryna.koval@example.com" },
          files: expect.arrayContaining([expect.objectContaining({ name: "0f3a9b52-receipt.jpg" })]),
          group: 12,
          tags: ["parley", null],
          json: '{"a": 1}',
        },
      },
    ]);
  });

  it.each([
    ["bearer", { bearer: "t0ken" }, { authorization: "Bearer t0ken" }],
    ["basic", { basic: { user: "ann", password: "pä:ss" } }, { authorization: "Basic YW5uOnDDpDpzcw==" }],
    ["a header", { headers: { "X-Api-Key": "k3y" } }, { "x-api-key": "k3y" }],
  ])("lets us in by %s", async (_what, secrets, headers) => {
    const system = await ticketSystem();
    await deliver("chat.ended", chat(), { ...system.destination, secrets });
    expect(system.received[0]!.headers).toMatchObject(headers);
  });

  it("is never sent to another resource by a TicketId", async () => {
    const system = await ticketSystem();
    for (const [n, ticketId] of ["../admin", "..", "a/b?c=d#e", "%2e%2e"].entries())
      await deliver("chat.ended", chat({ ChatId: `c${n}`, IfNewTicket: false, TicketId: ticketId }), {
        ...system.destination,
        eventId: n,
      });
    expect(paths(system.received)).toEqual([
      "/tickets/..%2Fadmin/comments",
      "/tickets",
      "/tickets",
      "/tickets/a%2Fb%3Fc%3Dd%23e/comments",
      "/tickets",
      "/tickets/%252e%252e/comments",
      "/tickets",
    ]);
  });
});

describe("delivered again", () => {
  it("what the system has taken is not sent a second time", async () => {
    const system = await ticketSystem();
    await deliver("chat.ended", chat({ TicketId: "T-1" }), system.destination);
    expect(await deliver("chat.ended", chat({ TicketId: "T-1" }), system.destination)).toEqual({
      reference: "1",
      note: "has been sent before",
    });
    await deliver("offlineMessage.submitted", offline({ TicketId: 1 }), {
      ...system.destination,
      eventId: 50,
    });
    await deliver("offlineMessage.submitted", offline({ TicketId: 1 }), {
      ...system.destination,
      eventId: 50,
    });
    expect(paths(system.received)).toEqual(["/tickets", "/tickets/1/comments"]);
  });

  it("after a crash before we noted its answer, it comes under the same key: one ticket where the system can tell", async () => {
    const system = await ticketSystem();
    await deliver("chat.ended", chat(), system.destination);
    await db.pool.query("delete from outbound.ticket_references");
    expect(await deliver("chat.ended", chat(), system.destination)).toMatchObject({ reference: "1" });
    expect(system.received).toHaveLength(2);
    expect(system.made).toHaveLength(1);
  });

  it("a later event of the same chat is appended to its ticket", async () => {
    const system = await ticketSystem();
    await deliver("chat.ended", chat(), { ...system.destination, eventId: 1 });
    await deliver("chat.ended", chat({ RatingGrade: 1 }), { ...system.destination, eventId: 2 });
    await deliver("chat.ended", chat(), { ...system.destination, eventId: 1 });
    expect(paths(system.received)).toEqual(["/tickets", "/tickets/1/comments"]);
  });

  it("two ticket systems of one account remember their own", async () => {
    const [one, other] = [await ticketSystem(), await ticketSystem()];
    for (const { destination } of [one, other]) await deliver("chat.ended", chat(), destination);
    expect([one.made.length, other.made.length]).toEqual([1, 1]);
  });
});

describe("a ticket system that does not", () => {
  const failing = async (status: number, changes = {}) => {
    const system = await ticketSystem(() => status);
    return deliver("chat.ended", chat(changes), system.destination).catch((error) => error);
  };

  it.each([401, 403])(
    "refuses us (%i): it is down until somebody corrects its credentials",
    async (status) => {
      expect(await failing(status)).toBeInstanceOf(DestinationDown);
    },
  );

  it.each([429, 502, 503, 504])("is overloaded or away (%i): it is down", async (status) => {
    expect(await failing(status)).toBeInstanceOf(DestinationDown);
  });

  it("fails on this ticket (500): it is tried again", async () => {
    expect(await failing(500)).toBeInstanceOf(CallFailed);
  });

  it("takes the ticket for wrong (422): to the error queue, with its answer", async () => {
    const error = await failing(422);
    expect(error).toBeInstanceOf(Reject);
    expect(error).toMatchObject({
      code: "PA073",
      receipt: { status: 422, answer: '{"error": "status 422"}' },
    });
  });

  it("breaks the connection: it is tried again, under the same key", async () => {
    let isBroken = true;
    const peer = await httpPeer((_request, response) => {
      if (isBroken) response.socket!.destroy();
      else response.end('{"id": "A-1"}');
    });
    const destination = {
      destinationId: await addDestination(),
      settings: { target: "http", create: { url: peer.url } },
    };
    await expect(deliver("chat.ended", chat(), destination)).rejects.toBeInstanceOf(CallFailed);
    isBroken = false;
    expect(await deliver("chat.ended", chat(), destination)).toMatchObject({ reference: "A-1" });
    expect(new Set(peer.received.map(({ headers }) => headers["idempotency-key"]))).toEqual(
      new Set(["dlv-42"]),
    );
  });

  it("is slow: the call is given up with the attempt", async () => {
    const controller = new AbortController();
    const peer = await httpPeer(() => controller.abort(new Error("the worker is shutting down")));
    const attempt = deliver("chat.ended", chat(), {
      destinationId: await addDestination(),
      settings: { target: "http", create: { url: peer.url } },
      signal: controller.signal,
    });
    await expect(attempt).rejects.toThrow("the worker is shutting down");
  });

  it("is at a private address: it is not called", async () => {
    const system = await ticketSystem();
    const attempt = deliver("chat.ended", chat(), {
      ...system.destination,
      http: useHttpClient({ privateAddresses: ["10.0.0.0/8"] }),
    });
    await expect(attempt).rejects.toThrow("must not be at a private");
    expect(system.received).toEqual([]);
  });

  it.each(["{}", "<html>", '{"ticket": {"id": null}}', '{"ticket": [1]}', ""])(
    "answers %j, which has no id: to the error queue, and no second try makes a second ticket",
    async (body) => {
      const peer = await httpPeer((_request, response) => void response.end(body));
      const error = await deliver("chat.ended", chat(), {
        destinationId: await addDestination(),
        settings: settingsFor(peer.url),
      }).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(Reject);
      expect(error.code).toBe("PA083");
    },
  );

  it("never has its errors tell secrets, or what customers wrote", async () => {
    for (const status of [401, 422, 500]) {
      const system = await ticketSystem(() => status);
      const error: Error = await deliver("chat.ended", chat(), {
        ...system.destination,
        secrets: { bearer: "s3cret" },
      }).catch((thrown) => thrown);
      expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/s3cret|Дарина|daryna/);
    }
  });

  it("leaves nothing behind when it fails", async () => {
    const before = await rows(db.pool, "select * from outbound.ticket_references");
    await failing(500);
    expect(await rows(db.pool, "select * from outbound.ticket_references")).toEqual(before);
  });
});
