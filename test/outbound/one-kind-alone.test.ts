import { expect, it, vi } from "vitest";
import { rows } from "../broker/test-queue.ts";
import { useCheckout } from "../setup/checkout.ts";
import { useDatabase } from "../setup/database.ts";
import { until } from "../setup/until.ts";
import { exampleOf } from "./deliveries.ts";
import { oneOfEach, putByCommand, startWork, takenBy, untilNothingWaits } from "./one-of-each.ts";

vi.setConfig({ testTimeout: 90_000 });

const db = useDatabase();
const checkout = useCheckout();

it("./parley work EmailQueue mails, and leaves everything else to whoever works on it", async () => {
  const { mail, receiver, org, zendesk } = await oneOfEach(db, 1001);
  startWork(checkout, db, "EmailQueue");
  const event = await putByCommand(checkout, db, "chat.ended", exampleOf("chat.ended"));
  await until("it is mailed", async () => (await takenBy(db, event)).length > 0, 30_000);
  await untilNothingWaits(db, ["EmailQueue"]);

  expect(await takenBy(db, event)).toEqual(["email"]);
  expect(mail.received).toHaveLength(1);
  expect([...receiver.received, ...org.requests, ...zendesk.requests]).toEqual([]);
  expect(
    await rows(
      db.pool,
      `select (select count(*)::int from broker."PersistenceQueue") as persistence, (select count(*)::int from broker."TicketQueue") as ticket,
         (select count(*)::int from broker."WebHookQueue") as webhook, (select count(*)::int from broker."SalesforceQueue") as salesforce,
         (select count(*)::int from broker."ZendeskQueue") as zendesk, (select count(*)::int from chat.chats) as chats`,
    ),
  ).toEqual([{ persistence: 1, ticket: 1, webhook: 1, salesforce: 1, zendesk: 1, chats: 0 }]);
});
