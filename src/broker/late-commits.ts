import type { ClientBase } from "pg";

/** What broker.take_checkpoint returns: a point of the message id sequence, and who may still commit ids below it. */
export interface Checkpoint {
  lastId: number;
  /** `pg_snapshot` as text: xmin:xmax:xip,xip,... */
  snapshot: string;
  /** Tells one run of one server from another. */
  server: string;
}

/** A reader's share of the news: everything above `rewindTo` must be read again. */
export interface Subscription {
  rewindTo: number;
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
  #previous: { lastId: number; xmax: number; server: string } | undefined;
  /** Transactions in progress at the previous checkpoint, each with the last id of the checkpoint before it began. */
  #inProgress: Map<number, number> = new Map();
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
      const { rows } = await client.query<{ last_id: string; snapshot: string; server: string }>({
        name: "take_checkpoint",
        text: "call broker.take_checkpoint()",
      });
      const { last_id, snapshot, server } = rows[0]!;
      this.observe({ lastId: Number(last_id), snapshot, server });
      this.#takenAt = now;
    } finally {
      this.#taking = false;
    }
  }

  /** Compares a checkpoint with the one before and tells the subscribers how far back to read. */
  observe({ lastId, snapshot, server }: Checkpoint): void {
    // A server that crashed or failed over may have gone back: what is known of the one before means nothing now.
    if (this.#previous?.server !== server) {
      this.#previous = undefined;
      this.#inProgress = new Map();
    }
    const { xmax, inProgress } = parseSnapshot(snapshot);
    const previous = this.#previous;
    // Transactions begun since the previous checkpoint have ids above its last one. Before any checkpoint: unknown.
    let rewindTo = previous?.lastId ?? 0;
    for (const [xid, lastIdBefore] of this.#inProgress) {
      if (!inProgress.has(xid)) rewindTo = Math.min(rewindTo, lastIdBefore);
    }
    this.#inProgress = new Map(
      [...inProgress].map((xid) => [
        xid,
        this.#inProgress.get(xid) ?? (previous && xid >= previous.xmax ? previous.lastId : 0),
      ]),
    );
    this.#settledBelow = Math.min(lastId, ...this.#inProgress.values());
    this.#previous = { lastId, xmax, server };
    for (const subscription of this.#subscriptions) {
      subscription.rewindTo = Math.min(subscription.rewindTo, rewindTo);
    }
  }
}

function parseSnapshot(snapshot: string): { xmax: number; inProgress: Set<number> } {
  const [, xmax, xip] = snapshot.split(":");
  return { xmax: Number(xmax), inProgress: new Set(xip ? xip.split(",").map(Number) : []) };
}
