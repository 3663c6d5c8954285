import { defineConsumer } from "../../src/broker/define-consumer.ts";
import { noObserver } from "../../src/broker/observer.ts";
import { startWorker } from "../../src/broker/worker.ts";
import { createPool } from "../../src/db/connect.ts";
import { createLog } from "../../src/log.ts";
import type { DrainOptions } from "../drain.ts";
import { runAsChild } from "../lib/child.ts";
import { countdown } from "../lib/countdown.ts";

/** Handles the backlog of one queue with a handler that does nothing; reports messages per second. */
await runAsChild(async ({ url, messages }: DrainOptions) => {
  const { handled, rate } = countdown(messages);
  const pool = createPool(url, { max: 30, applicationName: "parley bench worker" });
  const consumer = defineConsumer({
    queue: "EmailQueue",
    delivery: "calling-out",
    handle: async () => handled(),
  });
  const worker = await startWorker({
    pool,
    log: createLog("error"),
    observer: noObserver,
    tasks: { "bench/email": consumer },
  });
  return async () => {
    const measured = await rate;
    await worker.stop();
    await pool.end();
    return measured;
  };
});
