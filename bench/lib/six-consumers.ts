import type { Task } from "graphile-worker";
import type { Event, Transaction } from "../../src/broker/consumer.ts";
import { defineConsumer } from "../../src/broker/define-consumer.ts";
import { noObserver } from "../../src/broker/observer.ts";
import { startWorker } from "../../src/broker/worker.ts";
import { createPool } from "../../src/db/connect.ts";
import { createLog } from "../../src/log.ts";
import maintain from "../../workers/broker/maintain.ts";
import { QUEUES } from "./queues.ts";

/** As many as `parley work` has. */
const CONNECTIONS = 30;

/** `tx`: only for PersistenceQueue. */
type Handle = (queue: string, event: Event, tx?: Transaction) => Promise<void>;

/** A worker as the platform runs it: PersistenceQueue transactionally, the other five calling out. Returns how to stop it. */
export async function startSixConsumers(url: string, handle: Handle): Promise<() => Promise<void>> {
  const pool = createPool(url, { max: CONNECTIONS, applicationName: "parley bench worker" });
  const tasks: Record<string, Task> = { "broker/maintain": maintain };
  for (const queue of QUEUES) {
    tasks[`bench/${queue}`] =
      queue === "PersistenceQueue"
        ? defineConsumer({
            queue,
            delivery: "transactional",
            handle: (event, { tx }) => handle(queue, event, tx),
          })
        : defineConsumer({ queue, delivery: "calling-out", handle: (event) => handle(queue, event) });
  }
  const worker = await startWorker({ pool, log: createLog("error"), observer: noObserver, tasks });
  return async () => {
    await worker.stop();
    await pool.end();
  };
}
