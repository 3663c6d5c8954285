import type { Message } from "./message.ts";
import type { BrokerObserver } from "./observer.ts";
import type { QueueSession } from "./queue-session.ts";

const AT_MOST_EVERY_MS = 1_000;

/** Counts what a reader settled: at once for the observer, once a second for broker.queue_status. */
export class Tally {
  readonly #queue: string;
  readonly #observer: BrokerObserver;
  #delivered = 0;
  #retried = 0;
  #rejected = 0;
  #reportedAt = performance.now();

  constructor(queue: string, observer: BrokerObserver) {
    this.#queue = queue;
    this.#observer = observer;
  }

  delivered(messages: Message[]): void {
    if (messages.length === 0) return;
    this.#delivered += messages.length;
    this.#observer.delivered(this.#queue, messages.length);
    const now = Date.now();
    for (const message of messages) {
      this.#observer.putToHandled(this.#queue, Math.max(0, now - message.putAt.getTime()) / 1000);
    }
  }

  failed(count: number, dead: number): void {
    this.#retried += count - dead;
    this.#rejected += dead;
    if (count > dead) this.#observer.retried(this.#queue, count - dead);
    if (dead > 0) this.#observer.deadLettered(this.#queue, dead);
  }

  /** Adds to the totals in the database, if there is something new and the last report is a second old, or `now`. */
  async report(session: QueueSession, now = false): Promise<void> {
    if (this.#delivered + this.#retried + this.#rejected === 0) return;
    if (!now && performance.now() - this.#reportedAt < AT_MOST_EVERY_MS) return;
    const counted = [this.#delivered, this.#retried, this.#rejected] as const;
    this.#delivered = this.#retried = this.#rejected = 0;
    this.#reportedAt = performance.now();
    await session.countDeliveries(...counted);
  }
}
