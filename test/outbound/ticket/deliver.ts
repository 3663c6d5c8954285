import type { Pool } from "pg";
import { afterAll, beforeAll } from "vitest";
import { asRole, createPool } from "../../../src/db/connect.ts";
import { createLog } from "../../../src/log.ts";
import type { AttemptContext, Receipt } from "../../../src/outbound/adapter.ts";
import type { HttpClient } from "../../../src/outbound/http/client.ts";
import { ticketAdapter } from "../../../src/outbound/ticket/adapter.ts";
import { value } from "../../broker/test-queue.ts";
import type { TestDatabase } from "../../setup/database.ts";
import { deliveryOf } from "../deliveries.ts";
import { useHttpClient } from "../http/use-http-client.ts";

interface Options {
  settings?: object;
  secrets?: object;
  eventId?: number;
  destinationId?: number;
  signal?: AbortSignal;
  http?: HttpClient;
}

/** Call at file level: hands events to the adapter as the dispatcher does, with the rights of a worker. */
export function useTickets(db: TestDatabase) {
  const logged: string[] = [];
  let worker: Pool;
  let destination: number;

  const addDestination = () =>
    value<number>(
      db.pool,
      "insert into outbound.destinations (account_id, kind, name) values (1001, 'ticket', gen_random_uuid()) returning id",
    );

  beforeAll(async () => {
    await db.pool.query("insert into chat.accounts (id, name) values (1001, 'Shop')");
    destination = await addDestination();
    worker = createPool(asRole(db.url, "parley_worker"), { applicationName: "test" });
  });

  afterAll(() => worker.end());

  return {
    logged,
    addDestination,
    async deliver(
      eventName: "chat.ended" | "offlineMessage.submitted",
      data: unknown,
      { settings = {}, secrets = {}, eventId = 42, destinationId, signal, http }: Options = {},
    ): Promise<Receipt> {
      const adapter = ticketAdapter(http ?? useHttpClient());
      const delivery = deliveryOf(eventName, data, `dlv-${eventId}`);
      const context: AttemptContext = {
        signal: signal ?? AbortSignal.timeout(30_000),
        log: createLog("debug", { write: (line) => void logged.push(line) }),
        query: async (text, values) => (await worker.query(text, values)).rows,
      };
      return adapter.deliver(
        { ...delivery, eventId, data: adapter.schemas[eventName]!.parse(delivery.data) },
        {
          id: destinationId ?? destination,
          accountId: 1001,
          name: "Tickets",
          settings: adapter.settings.parse(settings),
          secrets: adapter.secrets.parse(secrets),
        },
        context,
      );
    },
  };
}
