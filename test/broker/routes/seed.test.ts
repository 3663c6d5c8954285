import { expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { column, rows } from "../test-queue.ts";

const db = useDatabase();

const CONSUMERS = ["Persistence", "Email", "Ticket", "Salesforce", "Zendesk", "WebHook"];
const ALL_QUEUES = CONSUMERS.map((consumer) => `${consumer}Queue`);
const PERSISTENCE = { receiver: "Persistence.ReciveService", receiveQueue: "PersistenceQueue" };

/** Names as the source document spells them. */
const EVENTS = [
  { id: 1, name: "chat.queued", sender: "Chat.Queued", ...PERSISTENCE },
  {
    id: 2,
    name: "chat.started",
    sender: "Chat.Started",
    receiver: "WebHook.ReciveService",
    receiveQueue: "WebHookQueue",
    routes: ["WebHookQueue"],
  },
  { id: 3, name: "chat.visitor.replied", sender: "Chat.Visitor.Replied", routes: [] },
  { id: 4, name: "chat.agent.replied", sender: "Chat.Agent.Replied", routes: [] },
  {
    id: 5,
    name: "chat.ended",
    sender: "Chat.Ended",
    receiver: "Chat.Ended.ReciveService",
    receiveQueue: "Chat.Ended.ReciveQueue",
    routes: ALL_QUEUES,
  },
  { id: 6, name: "chat.wrapup.submitted", sender: "Chat.Wrapup.Submitted", ...PERSISTENCE },
  { id: 7, name: "chat.rating.submitted", sender: "Chat.Rating.Submitted", ...PERSISTENCE },
  { id: 8, name: "visitor.landed", sender: "Visitor.Landed.Submitted", ...PERSISTENCE },
  { id: 9, name: "visitor.conversion.achieved", sender: "Visitor.Conversion.Achieved", ...PERSISTENCE },
  { id: 10, name: "ban.added", sender: "Ban.Added", ...PERSISTENCE },
  {
    id: 11,
    name: "offlineMessage.submitted",
    sender: "OfflineMessage.Submitted",
    receiver: "OfflineMessage.Submitted.ReciveService",
    receiveQueue: "OfflineMessage.Submitted.ReciveQueue",
    routes: ALL_QUEUES,
  },
  { id: 12, name: "agent.status.changed", sender: "Agent.Status.Changed", ...PERSISTENCE },
  { id: 13, name: "agent.preference.changed", sender: "Agent.Preference.Changed", ...PERSISTENCE },
  { id: 14, name: "agentChat.replied", sender: "AgentChat.Replied", ...PERSISTENCE },
  { id: 15, name: "cannedMessage.used", sender: "CannedMessage.Used", ...PERSISTENCE },
  { id: 16, name: "autoInvitation.sent", sender: "AutoInvitation.Sent", ...PERSISTENCE },
  { id: 17, name: "autoInvitation.accepted", sender: "AutoInvitation.Accepted", ...PERSISTENCE },
  { id: 18, name: "autoInvitation.refused", sender: "AutoInvitation.Refused", ...PERSISTENCE },
  { id: 19, name: "manualInvitation.logged", sender: "ManualInvitation.Logged", ...PERSISTENCE },
  {
    id: 20,
    name: "Error",
    sender: "Error",
    receiver: "Error.ReciveService",
    receiveQueue: "ErrorQueue",
    routes: [],
  },
];

it("every event has its number and the services and queues of the source document", async () => {
  expect(await rows(db.pool, "select * from broker.t_chatserver_event order by id")).toEqual(
    EVENTS.map(({ id, name, sender, receiver = "", receiveQueue = "" }) => ({
      id,
      name,
      send_service_name: `${sender}.SendService`,
      send_queue_name: `${sender}.SendQueue`,
      receive_service_name: receiver,
      receive_queue_name: receiveQueue,
    })),
  );
});

it("every consumer has its queue with its services", async () => {
  expect(
    await rows(
      db.pool,
      "select name, send_service_name, send_queue_name, receive_service_name, enabled from broker.queues order by id",
    ),
  ).toEqual(
    CONSUMERS.map((consumer) => ({
      name: `${consumer}Queue`,
      send_service_name: `${consumer}.SendService`,
      send_queue_name: `${consumer}.SendQueue`,
      receive_service_name: `${consumer}.ReciveService`,
      enabled: true,
    })),
  );
});

it.each(EVENTS)("$name reaches its queues and no other", async ({ name, routes = ["PersistenceQueue"] }) => {
  const reached = await column(
    db.pool,
    `with put as (select broker.put_event(name => $1, data => '{}') as id)
     select id from put`,
    [name],
  ).then(([id]) =>
    column(
      db.pool,
      `select q.name from broker.messages m join broker.queues q on q.id = m.queue_id where m.event_id = $1 order by q.id`,
      [id],
    ),
  );
  expect(reached).toEqual(routes);
});
