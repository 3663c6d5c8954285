import type { Pool } from "pg";
import { afterEach } from "vitest";
import type { ConsumerDefinition } from "../../src/broker/consumer.ts";
import { defineConsumer } from "../../src/broker/define-consumer.ts";
import { noObserver } from "../../src/broker/observer.ts";
import type { BrokerLog } from "../../src/broker/runtime.ts";
import { startWorker, type Worker } from "../../src/broker/worker.ts";
import { createPool } from "../../src/db/connect.ts";

export const silentLog: BrokerLog = { debug() {}, info() {}, warn() {}, error() {} };

interface Running {
  worker: Worker;
  pool: Pool;
}

const running = new Set<Running>();

/** Workers of a test end with it. */
afterEach(async () => {
  await Promise.all([...running].map(stop));
});

/** Starts a worker with these consumers, as `parley work` does. */
export async function startTestWorker(
  url: string,
  ...definitions: ConsumerDefinition[]
): Promise<{ stop(): Promise<void> }> {
  const pool = createPool(url, { max: 30, applicationName: "test worker" });
  const tasks = Object.fromEntries(
    definitions.map((definition) => [`test/${definition.queue}`, defineConsumer(definition)]),
  );
  const started = { worker: await startWorker({ pool, log: silentLog, observer: noObserver, tasks }), pool };
  running.add(started);
  return { stop: () => stop(started) };
}

/** Handles all that waits in the queues of these consumers, then ends: `parley work --once`. */
export async function drain(url: string, ...definitions: ConsumerDefinition[]): Promise<void> {
  const pool = createPool(url, { max: 10, applicationName: "test worker" });
  const tasks = Object.fromEntries(
    definitions.map((definition) => [`test/${definition.queue}`, defineConsumer(definition)]),
  );
  try {
    const worker = await startWorker({ pool, log: silentLog, observer: noObserver, tasks, once: true });
    await worker.finished;
  } finally {
    await pool.end();
  }
}

async function stop(started: Running): Promise<void> {
  if (!running.delete(started)) return;
  await started.worker.stop();
  await started.pool.end();
}
