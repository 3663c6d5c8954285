import type { QueryResult, QueryResultRow } from "pg";
import type { z } from "zod";
import type { BrokerLog } from "./runtime.ts";

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
  /** The same for a batch, in its order, where that can be done at once. If it fails, the batch is handled one by one. */
  handleBatch?(events: Event[], context: HandlerContext & { readonly tx: Transaction }): Promise<void>;
}

/** No transaction is open during the call: at least once, with a stable `event.id` for the receiver to dedupe by. */
interface CallingOutConsumer extends ConsumerOptions {
  delivery: "calling-out";
  /** Handlers at the same time per reader, each with another key. Default 16. */
  concurrency?: number;
  handle(event: Event, context: HandlerContext): Promise<void>;
}

export type ConsumerDefinition = TransactionalConsumer | CallingOutConsumer;
