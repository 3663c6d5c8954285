import type { z } from "zod";
import type { BrokerLog } from "../broker/runtime.ts";

/** An event on its way to one destination. The same delivery has the same `id` however often it is attempted. */
export interface Delivery {
  /** Stable: what receivers dedupe by. Of an event and a destination, so that two destinations never share one. */
  readonly id: string;
  readonly eventId: number;
  readonly eventName: string;
  /** Its conversation group: deliveries of one key to one destination are made in order, one at a time. */
  readonly key: string | null;
  /** 1 the first time. */
  readonly attempt: number;
  readonly data: unknown;
  readonly putAt: Date;
}

/** Where an account wants its events to go: a row of outbound.destinations, its secrets opened. */
export interface Destination<Settings, Secrets> {
  readonly id: number;
  readonly accountId: number;
  readonly name: string;
  readonly settings: Settings;
  readonly secrets: Secrets;
}

export interface AttemptContext {
  /** Aborts when the attempt has used up its time and when the worker shuts down. */
  readonly signal: AbortSignal;
  readonly log: BrokerLog;
  /** Short statements, outside of any transaction: never one that stays open while a peer is called. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** What the peer said, for the log of attempts. Nothing secret. */
export interface Receipt {
  /** The peer's own code: of HTTP, or of SMTP. */
  readonly status?: number;
  /** The beginning of its answer: kept for a while, and of what was delivered only where that is asked for. */
  readonly answer?: string;
  /** What we have to add: why nothing was sent, who was left out. Kept in place of the answer, also of what was delivered. */
  readonly note?: string;
  /** What the peer calls that which it made: a ticket, a case, a message id. */
  readonly reference?: string;
}

/**
 * Knows how one kind of destination is reached. `deliver` resolves when the peer has taken the delivery. It throws `Reject` when
 * this delivery can never succeed, `DestinationDown` when the peer as a whole is away, refuses us or is overloaded,
 * anything else to have this delivery retried.
 */
export interface Adapter<Settings = unknown, Secrets = unknown> {
  /** As in outbound.destinations.kind: webhook, email, ticket, salesforce, zendesk. */
  readonly kind: string;
  /** The queue whose events it delivers, as in broker.queues. */
  readonly queue: string;
  readonly settings: z.ZodType<Settings>;
  readonly secrets: z.ZodType<Secrets>;
  /** Schemas by event: data that does not fit is rejected before anything is called. */
  readonly schemas: Readonly<Record<string, z.ZodType>>;
  /** Seconds until the second, third ... attempt; how many there are says how often is tried. */
  readonly retryAfterSeconds: readonly number[];
  /** Seconds that an attempt may take. */
  readonly timeoutSeconds: number;
  deliver(
    delivery: Delivery,
    destination: Destination<Settings, Secrets>,
    context: AttemptContext,
  ): Promise<Receipt>;
  /** Frees what it keeps between deliveries: connections, tokens. */
  close?(): Promise<void>;
}
