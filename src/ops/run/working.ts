import type { BrokerObserver } from "../../broker/observer.ts";
import { startWorker } from "../../broker/worker.ts";
import { createPool } from "../../db/connect.ts";
import type { Log } from "../../log.ts";
import { assertQueue } from "../call-broker.ts";

/** The most there may be; opened as readers and dispatchers need them. */
const CONNECTIONS = 100;

type Options = {
  url: string;
  log: Log;
  observer: BrokerObserver;
  /** Only these; all if empty. */
  queues?: string[];
  /** End when the queues are empty. */
  once?: boolean;
};

/** A worker in this process, with its own connections. */
export type Working = { finished: Promise<void>; isRunning(): boolean; stop(): Promise<void> };

/** Starts the consumers of `workers/consumers` on their queues. */
export async function startWorking({
  url,
  log,
  queues = [],
  once = false,
  ...options
}: Options): Promise<Working> {
  const pool = createPool(url, { max: CONNECTIONS, applicationName: "parley worker" });
  try {
    for (const queue of queues) await assertQueue(pool, queue);
    const worker = await startWorker({
      ...options,
      pool,
      log: log.child({ area: "broker" }),
      once,
      ...(queues.length > 0 ? { queues } : {}),
    });
    let running = true;
    const finished = worker.finished.finally(() => {
      running = false;
    });
    return {
      finished,
      isRunning: () => running,
      async stop() {
        await worker.stop();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
