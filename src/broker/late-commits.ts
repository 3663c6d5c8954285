import type { ClientBase } from "pg";

/** What broker.take_checkpoint returns: a point of the message id sequence, and who may still commit ids below it. */
export interface Checkpoint {
  lastId: number;
  /** `pg_snapshot` as text: xmin:xmax:xip,xip,... */
  snapshot: string;
}

/** A reader's share of the news: everything above `rewindTo` must be read again. */
export interface Subscription {
  rewindTo: number;
}

interface Mark {
  lastId: number;
  xmax: number;
}

const EVERY_MS = 100;

/**
 * Finds messages that were committed late: a transaction that drew its message ids early and committed after readers
 * had passed those ids. From checkpoint to checkpoint it sees which transactions finished in between, and tells readers
 * from which id to read once more. A long transaction costs one wider read when it ends, and nothing before.
 *
 * Why it is complete: a transaction has its transaction id before it draws message ids. One with xid >= xmax of a
 * checkpoint got its xid after that checkpoint's sequence value was read, so all its ids lie above that value.
 */
export class LateCommits {
  #marks: Mark[] = [];
  #inProgress: Set<number> = new Set();
  #settledBelow = 0;
  #takenAt = Number.NEGATIVE_INFINITY;
  #taking = false;
  readonly #subscriptions = new Set<Subscription>();

  subscribe(): Subscription {
    const subscription = { rewindTo: Number.POSITIVE_INFINITY };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
  }

  /**
   * No transaction in progress at the last checkpoint, or begun since, can commit a message id up to this one.
   * What a successor may trust, once everything up to it has been read and settled.
   */
  get settledBelow(): number {
    return this.#settledBelow;
  }

  /** Takes a checkpoint through `client` (outside a transaction) unless one was taken within the last 100 ms. */
  async refresh(client: ClientBase): Promise<void> {
    const now = performance.now();
    if (this.#taking || now - this.#takenAt < EVERY_MS) return;
    this.#taking = true;
    try {
      const { rows } = await client.query<{ last_id: string; snapshot: string }>({
        name: "take_checkpoint",
        text: "call broker.take_checkpoint()",
      });
      this.observe({ lastId: Number(rows[0]?.last_id), snapshot: rows[0]?.snapshot ?? "" });
      this.#takenAt = now;
    } finally {
      this.#taking = false;
    }
  }

  /** Compares a checkpoint with those before and tells the subscribers how far back to read. */
  observe({ lastId, snapshot }: Checkpoint): void {
    const [xmin, xmax, inProgress] = parseSnapshot(snapshot);
    const previous = this.#marks.at(-1);
    // Transactions begun since the previous checkpoint have ids above its last one. Before any checkpoint: unknown.
    let rewindTo = previous?.lastId ?? 0;
    for (const xid of this.#inProgress) {
      if (!inProgress.has(xid)) rewindTo = Math.min(rewindTo, this.#lastIdBefore(xid));
    }
    this.#inProgress = inProgress;
    this.#marks.push({ lastId, xmax });
    this.#settledBelow = this.#lastIdBefore(xmin);
    this.#forgetMarksBefore(xmin);
    for (const subscription of this.#subscriptions) {
      subscription.rewindTo = Math.min(subscription.rewindTo, rewindTo);
    }
  }

  /** The sequence value of the last checkpoint taken before the transaction began; 0 when none is known. */
  #lastIdBefore(xid: number): number {
    return this.#marks.findLast((mark) => mark.xmax <= xid)?.lastId ?? 0;
  }

  /** The oldest transaction in progress needs the last mark before it, and all later ones. */
  #forgetMarksBefore(xmin: number): void {
    const keepFrom = this.#marks.findLastIndex((mark) => mark.xmax <= xmin);
    if (keepFrom > 0) this.#marks.splice(0, keepFrom);
  }
}

function parseSnapshot(snapshot: string): [xmin: number, xmax: number, inProgress: Set<number>] {
  const [xmin, xmax, xip] = snapshot.split(":");
  return [Number(xmin), Number(xmax), new Set(xip ? xip.split(",").map(Number) : [])];
}
