import type { JobHelpers } from "graphile-worker";
import type { ConsumerDefinition } from "./consumer.ts";
import { readQueue } from "./read-queue.ts";
import { runtimeOfJob } from "./runtime.ts";

/** A consumer is its own graphile-worker task: a job of it reads the queue until the queue has been idle for a while. */
export type Consumer = ((payload: unknown, helpers: JobHelpers) => Promise<void>) & {
  readonly definition: ConsumerDefinition;
};

/**
 * Defines what is done with the events of a queue. The handler returns when the event is done; it throws `Reject` for
 * an event that can never succeed, `RetryLater` to choose the delay, anything else to be retried with backoff.
 *
 * @example
 * // workers/consumers/audit.ts, the whole file
 * export default defineConsumer({
 *   queue: "AuditQueue",
 *   delivery: "calling-out",
 *   async handle(event, { signal }) {
 *     await fetch("http://audit.internal/", { method: "POST", body: JSON.stringify(event.data), signal });
 *   },
 * });
 */
export function defineConsumer(definition: ConsumerDefinition): Consumer {
  return Object.assign(
    async (_payload: unknown, helpers: JobHelpers) =>
      readQueue(definition, helpers.job.task_identifier, runtimeOfJob(helpers)),
    { definition },
  );
}

export function isConsumer(value: unknown): value is Consumer {
  return typeof value === "function" && "definition" in value;
}
