import { noObserver } from "../../src/broker/observer.ts";
import { startWorker } from "../../src/broker/worker.ts";
import { createPool } from "../../src/db/connect.ts";
import { createLog } from "../../src/log.ts";
import { defineAcceptingConsumer } from "../../src/outbound/define-accepting-consumer.ts";
import { defineDispatcher } from "../../src/outbound/define-dispatcher.ts";
import { runAsChild } from "../lib/child.ts";
import { httpAdapter } from "../outbound/lib/http-adapter.ts";

/** What `./parley work WebHookQueue` is, with an adapter that only fetches. */
await runAsChild(async ({ url }: { url: string }) => {
  const pool = createPool(url, { max: 20, applicationName: "parley bench" });
  const worker = await startWorker({
    pool,
    log: createLog("error"),
    observer: noObserver,
    queues: [httpAdapter.queue],
    tasks: {
      accept: defineAcceptingConsumer(httpAdapter.kind, httpAdapter.queue),
      dispatch: defineDispatcher(httpAdapter),
    },
  });
  return async () => {
    await worker.stop();
    await pool.end();
  };
});
