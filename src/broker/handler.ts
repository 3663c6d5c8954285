import { z } from "zod";
import type { ConsumerDefinition, Event, HandlerContext, Transaction } from "./consumer.ts";
import type { Message } from "./message.ts";
import { Reject } from "./outcome.ts";
import type { BrokerLog, WorkerRuntime } from "./runtime.ts";

export const DEFAULT_TIMEOUT_S = 30;
const LOOK_FOR_OVERDUE_MS = 100;

type Handle = (
  event: Event,
  context: HandlerContext & { tx?: Transaction | undefined },
) => Promise<void> | void;

type HandleBatch = (
  events: Event[],
  context: HandlerContext & { tx?: Transaction | undefined },
) => Promise<void> | void;

/** Calls a consumer's handler for one message: schema, time-out, abort signal and measurement. */
export class Handler {
  readonly #definition: ConsumerDefinition;
  readonly #runtime: WorkerRuntime;
  readonly #timeoutS: number;
  readonly #calls = new Set<Call>();
  /** One timer for all calls: a timer for each would cost more than a fast handler. */
  #overdueTimer: NodeJS.Timeout | undefined;
  #abortedBy: Error | undefined;

  constructor(definition: ConsumerDefinition, runtime: WorkerRuntime) {
    this.#definition = definition;
    this.#runtime = runtime;
    this.#timeoutS = definition.timeoutSeconds ?? DEFAULT_TIMEOUT_S;
  }

  /** Resolves when the event is done; rejects with what the handler threw, a Reject for invalid data, or a time-out. */
  async run(message: Message, tx?: Transaction): Promise<void> {
    const event = this.#eventOf(message);
    await this.#follow(new Call(this.#runtime, tx), 1, (call) =>
      (this.#definition.handle as Handle)(event, call),
    );
  }

  /** The same for a batch; only where the consumer has a handler for one. */
  async runBatch(messages: Message[], tx: Transaction): Promise<void> {
    const events = messages.map((message) => this.#eventOf(message));
    await this.#follow(new Call(this.#runtime, tx), messages.length, (call) =>
      (this.#definition as { handleBatch: HandleBatch }).handleBatch(events, call),
    );
  }

  /** Tells handlers that are still at work to stop. */
  abortAll(reason: Error): void {
    this.#abortedBy = reason;
    for (const call of this.#calls) call.abort(reason);
  }

  /** Aborts what is still at work; nothing is run afterwards. */
  close(reason: Error): void {
    this.abortAll(reason);
    clearInterval(this.#overdueTimer);
  }

  async #follow(call: Call, events: number, handle: (call: Call) => Promise<void> | void): Promise<void> {
    if (this.#abortedBy) call.abort(this.#abortedBy);
    this.#calls.add(call);
    this.#overdueTimer ??= setInterval(() => this.#expireOverdue(), LOOK_FOR_OVERDUE_MS).unref();
    try {
      await call.settled(handle(call));
    } finally {
      this.#calls.delete(call);
      const seconds = (performance.now() - call.startedAt) / 1000 / events;
      for (let event = 0; event < events; event++) {
        this.#runtime.observer.handled(this.#definition.queue, seconds);
      }
    }
  }

  #eventOf(message: Message): Event {
    return {
      id: message.eventId,
      name: message.eventName,
      key: message.key,
      attempt: message.attempt,
      data: this.#parse(message),
      putAt: message.putAt,
    };
  }

  #parse(message: Message): unknown {
    const schema = this.#definition.schemas?.[message.eventName];
    if (!schema) return message.data;
    const parsed = schema.safeParse(message.data);
    if (parsed.success) return parsed.data;
    const describe = this.#definition.describeInvalid ?? describeIssues;
    throw new Reject("PA020", describe(parsed.error, message.data));
  }

  #expireOverdue(): void {
    const overdueSince = performance.now() - this.#timeoutS * 1000;
    for (const call of this.#calls) {
      if (call.startedAt < overdueSince) call.expire(new HandlerTimeout(this.#timeoutS));
    }
  }
}

/** Path and expectation of each issue, in one line; no values, which may be personal. */
function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${z.core.toDotPath(path) || "data"}: ${message}`)
    .join("; ");
}

/** The handler ran out of time. */
class HandlerTimeout extends Error {
  readonly code = "PA022";

  constructor(seconds: number) {
    super(`the handler took more than ${seconds} s`);
  }
}

/** One handler at work; it is also the context the handler gets. */
class Call implements HandlerContext {
  readonly startedAt = performance.now();
  readonly log: BrokerLog;
  readonly tx: Transaction | undefined;
  #controller: AbortController | undefined;
  #aborted: Error | undefined;
  #reject: ((error: Error) => void) | undefined;

  constructor({ log }: WorkerRuntime, tx: Transaction | undefined) {
    this.log = log;
    this.tx = tx;
  }

  /** Made when first asked for: few handlers of the fast kind ask. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  /** Follows the handler to its end, or to its expiry, whichever comes first. */
  settled(handled: Promise<void> | void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      Promise.resolve(handled).then(resolve, reject);
    });
  }

  abort(reason: Error): void {
    this.#aborted ??= reason;
    this.#controller?.abort(reason);
  }

  expire(reason: Error): void {
    this.abort(reason);
    this.#reject?.(reason);
  }
}
