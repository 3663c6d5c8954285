import { noObserver } from "../../../src/broker/observer.ts";
import { startWorker } from "../../../src/broker/worker.ts";
import { createPool } from "../../../src/db/connect.ts";
import type { Adapter } from "../../../src/outbound/adapter.ts";
import { defineAcceptingConsumer } from "../../../src/outbound/define-accepting-consumer.ts";
import { defineDispatcher } from "../../../src/outbound/define-dispatcher.ts";
import { httpAdapter } from "./http-adapter.ts";

const [url] = process.argv.slice(2);
await startWorker({
  pool: createPool(url!, { max: 20, applicationName: "test worker process" }),
  log: { debug() {}, info() {}, warn() {}, error() {} },
  observer: noObserver,
  queues: ["WebHookQueue"],
  tasks: {
    accept: defineAcceptingConsumer("webhook", "WebHookQueue"),
    dispatch: defineDispatcher(httpAdapter() as Adapter),
  },
});
