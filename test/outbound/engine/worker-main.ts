import { noObserver } from "../../../src/broker/observer.ts";
import { startWorker } from "../../../src/broker/worker.ts";
import { createPool } from "../../../src/db/connect.ts";
import type { Adapter } from "../../../src/outbound/adapter.ts";
import { defineAcceptingConsumer } from "../../../src/outbound/define-accepting-consumer.ts";
import { defineDispatcher } from "../../../src/outbound/define-dispatcher.ts";
import { httpAdapter, type TestAdapter } from "./http-adapter.ts";

/** Of the event with this number the process dies, on the spot. */
const [url, poison] = process.argv.slice(2);
const adapter = httpAdapter();
const deadly: TestAdapter = {
  ...adapter,
  async deliver(delivery, ...rest) {
    if (String((delivery.data as { n: number }).n) === poison) process.kill(process.pid, "SIGKILL");
    return adapter.deliver(delivery, ...rest);
  },
};
await startWorker({
  pool: createPool(url!, { max: 20, applicationName: "test worker process" }),
  log: { debug() {}, info() {}, warn() {}, error() {} },
  observer: noObserver,
  queues: ["WebHookQueue"],
  tasks: {
    accept: defineAcceptingConsumer("webhook", "WebHookQueue"),
    dispatch: defineDispatcher(deadly as Adapter),
  },
});
