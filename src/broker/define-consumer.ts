import type { JobHelpers } from "graphile-worker";
import type { QueryResult, QueryResultRow } from "pg";
import type { z } from "zod";
import { readQueue } from "./read-queue.ts";
import { type BrokerLog, runtimeOfJob } from "./runtime.ts";

/** An event as a handler gets it. `data` is what the event's schema made of the document. */
export interface Event {
  readonly id: number;
  readonly name: string;
  /** Its conversation group; events of one key arrive in order, one at a time. */
  readonly key: string | null;
  /** 1 the first time. */
  readonly attempt: number;
  readonly data: unknown;
  readonly putAt: Date;
}

/** The transaction that also confirms the event. Usable only until the handler returns. */
export interface Transaction {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
}

export interface HandlerContext {
  /** Aborts when the handler has used up its time and when the worker shuts down. */
  readonly signal: AbortSignal;
  readonly log: BrokerLog;
}

interface ConsumerOptions {
  /** Queue to read, as in broker.queues. */
  queue: string;
  /** One zod schema per event name. Data that does not fit is rejected; events without a schema pass as they are. */
  schemas?: Readonly<Record<string, z.ZodType>>;
  /** Says in one line, without personal data, what is wrong with refused data. */
  describeInvalid?: (error: z.ZodError, data: unknown) => string;
  /** Seconds a handler may take before it is aborted and counted as failed. Default 30. */
  timeoutSeconds?: number;
}

/** Receive, handle and confirm are one transaction: each event takes effect exactly once. For handlers that only use `tx`. */
interface TransactionalConsumer extends ConsumerOptions {
  delivery: "transactional";
  handle(event: Event, context: HandlerContext & { readonly tx: Transaction }): Promise<void>;
}

/** No transaction is open during the call: at least once, with a stable `event.id` for the receiver to dedupe by. */
interface CallingOutConsumer extends ConsumerOptions {
  delivery: "calling-out";
  /** Handlers at the same time per reader, each with another key. Default 16. */
  concurrency?: number;
  handle(event: Event, context: HandlerContext): Promise<void>;
}

export type ConsumerDefinition = TransactionalConsumer | CallingOutConsumer;

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
