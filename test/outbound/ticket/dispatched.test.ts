import { expect, it, onTestFinished } from "vitest";
import { noObserver } from "../../../src/broker/observer.ts";
import { startWorker } from "../../../src/broker/worker.ts";
import { createPool } from "../../../src/db/connect.ts";
import { defineAcceptingConsumer } from "../../../src/outbound/define-accepting-consumer.ts";
import { defineDispatcher } from "../../../src/outbound/define-dispatcher.ts";
import { createHttpClient } from "../../../src/outbound/http/client.ts";
import { ticketAdapter } from "../../../src/outbound/ticket/adapter.ts";
import persistence from "../../../workers/consumers/persistence.ts";
import { column, putEvent, rows } from "../../broker/test-queue.ts";
import { useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { silentLog } from "../../setup/worker.ts";
import { exampleOf } from "../deliveries.ts";
import { LOOPBACK } from "../http/use-http-client.ts";
import { httpPeer } from "../peers/http-peer.ts";

const db = useDatabase();

/** Works on the queues of tickets and of persistence until the test has finished. */
async function startWorking(): Promise<void> {
  const http = createHttpClient({ privateAddresses: LOOPBACK });
  const pool = createPool(db.url, { max: 30, applicationName: "test worker" });
  const worker = await startWorker({
    pool,
    log: silentLog,
    observer: noObserver,
    tasks: {
      "consumers/ticket": defineAcceptingConsumer("ticket", "TicketQueue"),
      "consumers/persistence": persistence,
      "outbound/dispatch-ticket": defineDispatcher(ticketAdapter(http)),
    },
  });
  onTestFinished(async () => {
    await worker.stop();
    await pool.end();
    await http.close();
  });
}

it("events that are put become tickets here and in another system, each once, with the dialog of their chat", async () => {
  const peer = await httpPeer((_request, response) => void response.end('{"id": "D-1"}'));
  await db.pool.query("insert into chat.accounts (id, name) values (1001, 'Shop')");
  await db.pool.query(
    "insert into outbound.destinations (account_id, kind, name, settings) values (1001, 'ticket', 'Here', '{}'), (1001, 'ticket', 'Desk', $1)",
    [JSON.stringify({ target: "http", create: { url: peer.url } })],
  );
  await startWorking();
  await putEvent(db.pool, "chat.ended", exampleOf("chat.ended", { IfNewTicket: false, TicketId: null }));
  const asked = exampleOf("chat.ended", { ChatId: "asked", IfNewTicket: true, TicketId: null });
  const event = await putEvent(db.pool, "chat.ended", asked);
  const attempts = () =>
    column<string>(
      db.pool,
      "select a.reference from outbound.attempts a where a.event_id = $1 and a.outcome = 'delivered' order by a.reference",
      [event],
    );
  await until("both have taken the event", async () => (await attempts()).length === 2);
  expect(await attempts()).toEqual(["1", "D-1"]);
  expect(peer.received).toHaveLength(1);
  await until("persistence has stored the chat", async () => {
    const [dialog] = await column(db.pool, "select chat.dialog_of_chat(1001, 'asked')");
    return dialog !== null;
  });
  expect(await rows(db.pool, "select number, chat_guid, status from chat.tickets")).toEqual([
    { number: 1, chat_guid: "asked", status: "open" },
  ]);
});
