import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noObserver } from "../../src/broker/observer.ts";
import { startWorker } from "../../src/broker/worker.ts";
import { createPool } from "../../src/db/connect.ts";
import type { Adapter } from "../../src/outbound/adapter.ts";
import { defineAcceptingConsumer } from "../../src/outbound/define-accepting-consumer.ts";
import { defineDispatcher } from "../../src/outbound/define-dispatcher.ts";
import { createHttpClient, type HttpClient } from "../../src/outbound/http/client.ts";
import { salesforceAdapter } from "../../src/outbound/salesforce/adapter.ts";
import { Sealing } from "../../src/outbound/sealing.ts";
import { zendeskAdapter } from "../../src/outbound/zendesk/adapter.ts";
import { useDatabase } from "../setup/database.ts";
import { silentLog } from "../setup/worker.ts";
import { exampleOf } from "./deliveries.ts";
import { insertDestination } from "./insert-destination.ts";
import { type SalesforcePeer, startSalesforcePeer } from "./peers/salesforce-peer.ts";
import { startZendeskPeer, type ZendeskPeer } from "./peers/zendesk-peer.ts";

const database = useDatabase();
const sealing = new Sealing(randomBytes(32).toString("base64"));
let org: SalesforcePeer;
let zendesk: ZendeskPeer;
let http: HttpClient;

beforeAll(async () => {
  [org, zendesk] = await Promise.all([startSalesforcePeer(), startZendeskPeer()]);
  http = createHttpClient({ privateAddresses: ["127.0.0.0/8"] });
  await database.pool.query("insert into chat.accounts (id, name) values (1001, 'An account')");
  const { clientId, clientSecret } = org.app;
  const { email, apiToken } = zendesk.agent;
  const mapped = { fields: { Case: { Order__c: "CustomFields.Order number" } } };
  await insertDestination(database.pool, sealing, {
    account: 1001,
    kind: "salesforce",
    name: "our org",
    settings: { loginUrl: org.url, ...mapped },
    secrets: { clientId, clientSecret },
  });
  await insertDestination(database.pool, sealing, {
    account: 1001,
    kind: "zendesk",
    name: "our Zendesk",
    settings: { endpoint: zendesk.url, customFields: { 36001: "CustomFields.Order number" } },
    secrets: { email, apiToken },
  });
});
afterAll(() => Promise.all([http.close(), org.close(), zendesk.close()]));

/** What `./parley work QUEUE --once` does. */
async function work(adapter: Adapter): Promise<void> {
  const pool = createPool(database.url, { max: 10, applicationName: "test worker" });
  const tasks = {
    accept: defineAcceptingConsumer(adapter.kind, adapter.queue),
    dispatch: defineDispatcher(adapter, () => sealing),
  };
  const queues = [adapter.queue];
  const worker = await startWorker({ pool, log: silentLog, observer: noObserver, tasks, queues, once: true });
  await worker.finished;
  await pool.end();
}

async function put(name: string, data: Record<string, unknown>): Promise<void> {
  await database.pool.query("insert into broker.events (name, data) values ($1, $2)", [name, data]);
}

async function inErrorQueue(): Promise<{ code: string; error: string }[]> {
  const { rows } = await database.pool.query(
    "select error_code as code, error from broker.error_messages order by id",
  );
  return rows;
}

describe("an event that is put", () => {
  it("becomes a contact and a case in Salesforce and a ticket in Zendesk, with what the settings map", async () => {
    await put("chat.ended", exampleOf("chat.ended"));
    await work(salesforceAdapter(http));
    await work(zendeskAdapter(http));
    expect(await inErrorQueue()).toEqual([]);
    expect(org.records.Contact).toMatchObject([{ LastName: "Коваль" }]);
    expect(org.records.Case).toMatchObject([{ Subject: "Order 88214 is late", Order__c: 88214 }]);
    expect(org.records.Case![0]!.ContactId).toBe(org.records.Contact![0]!.Id);
    expect(zendesk.tickets).toMatchObject([{ custom_fields: [{ id: 36001, value: "88214" }] }]);
    const { rows } = await database.pool.query(
      "select outcome::text, reference from outbound.attempts order by reference",
    );
    const { Id } = org.records.Case![0]!;
    const { Id: contact } = org.records.Contact![0]!;
    expect(rows).toEqual([
      { outcome: "delivered", reference: `Case ${Id} of Contact ${contact}` },
      { outcome: "delivered", reference: `ticket ${zendesk.tickets[0]!.id}` },
    ]);
  });

  it("goes to the error queue with the peer's reason if its data is refused", async () => {
    const Salesforce = { PurposeChatEnd: 0, Cases: [{ Name: "Nope__c", Value: "x" }] };
    await put("chat.ended", exampleOf("chat.ended", { Salesforce }));
    await work(salesforceAdapter(http));
    expect(await inErrorQueue()).toMatchObject([
      { code: "PA086", error: expect.stringContaining("INVALID_FIELD (Nope__c)") },
    ]);
  });
});
