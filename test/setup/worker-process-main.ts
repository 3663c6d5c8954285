import { pathToFileURL } from "node:url";
import type { ConsumerDefinition } from "../../src/broker/consumer.ts";
import { defineConsumer } from "../../src/broker/define-consumer.ts";
import { noObserver } from "../../src/broker/observer.ts";
import { startWorker } from "../../src/broker/worker.ts";
import { createPool } from "../../src/db/connect.ts";

const [url, consumersModule] = process.argv.slice(2);
const { default: definitions } = await import(pathToFileURL(consumersModule!).href);
await startWorker({
  pool: createPool(url!, { max: 20, applicationName: "test worker process" }),
  log: { debug() {}, info() {}, warn() {}, error() {} },
  observer: noObserver,
  tasks: Object.fromEntries(
    (definitions as ConsumerDefinition[]).map((definition) => [
      `test/${definition.queue}`,
      defineConsumer(definition),
    ]),
  ),
});
