import { MOST_CRASHES, type Quarantine } from "./quarantine.ts";
import type { WaitingDelivery } from "./waiting-delivery.ts";

/**
 * Deliveries of a destination that may have crashed its last worker. That is written down before they start, and cleared when they have
 * ended, so that after another crash it is known what was under way. On good days there are none.
 */
export class Suspects {
  readonly #quarantine: Quarantine;
  /** So many that start from now on may have been under way at the crash. */
  #inDoubt: number;
  /** To be written down, and then started. */
  #waiting: WaitingDelivery[] = [];
  readonly #underWay = new Set<WaitingDelivery>();
  #cleared: WaitingDelivery[] = [];

  constructor(inDoubt: number, quarantine: Quarantine) {
    this.#inDoubt = inDoubt;
    this.#quarantine = quarantine;
  }

  /** Whether it may not start right away: then it waits to be written down. */
  holdBack(delivery: WaitingDelivery): boolean {
    // Not started any more, whatever it does.
    if (delivery.crashes >= MOST_CRASHES) return false;
    if (delivery.crashes === 0) {
      if (this.#inDoubt === 0) return false;
      // Retries come at their own times, in addition.
      if (!delivery.delayed) this.#inDoubt--;
    }
    this.#waiting.push(delivery);
    return true;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Those that start as soon as it is written down; what was under way at a crash already, alone. */
  next(): WaitingDelivery[] {
    const next: WaitingDelivery[] = [];
    const later: WaitingDelivery[] = [];
    for (const delivery of this.#waiting) {
      (delivery.crashes === 0 || this.#quarantine.enter() ? next : later).push(delivery);
    }
    this.#waiting = later;
    for (const delivery of next) this.#underWay.add(delivery);
    return next;
  }

  /** Whatever came of it: the process is alive. */
  ended(delivery: WaitingDelivery): void {
    if (!this.#underWay.delete(delivery)) return;
    if (delivery.crashes > 0) this.#quarantine.leave();
    this.#cleared.push(delivery);
  }

  get hasCleared(): boolean {
    return this.#cleared.length > 0;
  }

  /** What is suspect no more, and the database does not know yet. */
  takeCleared(): WaitingDelivery[] {
    return this.#cleared.splice(0);
  }

  /** Forgets those that wait, and returns them. */
  dropWaiting(): WaitingDelivery[] {
    return this.#waiting.splice(0);
  }

  /** The database is gone: those under way are being called off. */
  abandon(): void {
    for (const delivery of [...this.#underWay]) this.ended(delivery);
    this.#waiting = [];
  }
}
