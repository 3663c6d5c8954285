import { setTimeout as sleep } from "node:timers/promises";
import { isConnectionLoss } from "./connection-loss.ts";
import type { Transaction } from "./consumer.ts";
import { type Delivery, type DeliveryParts, logFailure, type Progress } from "./delivery.ts";
import type { Message } from "./message.ts";
import { type Failure, toFailure } from "./outcome.ts";

const LANE_BATCH = 50;
const MOST_CONFLICTS = 3;

/** Nothing of the batch has taken effect. */
class BatchFailed extends Error {
  /** Deadlock or serialization failure: another transaction was in the way, and no message is to blame. */
  get isConflict(): boolean {
    const { code } = this.cause as { code?: string };
    return code === "40P01" || code === "40001";
  }
}

/**
 * Receive, handle and confirm in one transaction: each event takes effect exactly once. A batch shares a transaction;
 * when one of its messages fails, the batch is rolled back and done again with a savepoint around each message.
 */
export class TransactionalDelivery implements Delivery {
  readonly #parts: DeliveryParts;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  async step(): Promise<Progress> {
    const { session, lanes } = this.#parts;
    // Read outside the transaction: the lanes are ours, and an idle look needs no transaction.
    const reading = lanes.reading;
    const received = await session.receive({
      lanes: reading,
      afterIds: lanes.startReceive(reading),
      maxPerLane: LANE_BATCH,
    });
    await this.deliver(received);
    return received.length > 0 ? "worked" : "idle";
  }

  async deliver(messages: Message[]): Promise<boolean> {
    if (messages.length === 0) return true;
    const { lanes } = this.#parts;
    for (const message of messages) lanes.take(message);
    for (let conflicts = 0; ; conflicts++) {
      try {
        await this.#deliverTogether(messages);
        return true;
      } catch (error) {
        if (!(error instanceof BatchFailed)) throw error;
        if (!error.isConflict || conflicts === MOST_CONFLICTS) return await this.#deliverEach(messages);
      }
    }
  }

  async pause(ms: number): Promise<void> {
    await sleep(ms);
  }

  /** A step settles all it took, so nothing is in hand between steps. */
  async finish(): Promise<void> {}

  abandon(): void {}

  async #deliverTogether(messages: Message[]): Promise<void> {
    const { session, tally, runtime } = this.#parts;
    await session.client.query("begin");
    try {
      if (this.#handlesBatches && messages.length > 1) {
        await this.#withLease((lease) => this.#parts.handler.runBatch(messages, lease));
      } else {
        for (const message of messages) {
          if (runtime.signal.aborted) throw new Error("shutting down");
          await this.#handle(message);
        }
      }
      await this.#confirm(messages);
      await session.client.query("commit");
    } catch (error) {
      await session.client.query("rollback");
      // Whatever went wrong, at a handler or only at the commit: one by one it will show whose fault it is.
      throw isConnectionLoss(error) ? error : new BatchFailed("the batch failed", { cause: error });
    }
    this.#settled(messages);
    tally.delivered(messages);
  }

  async #deliverEach(messages: Message[]): Promise<boolean> {
    const { session, tally, lanes, runtime } = this.#parts;
    const done: Message[] = [];
    const failures: { message: Message; failure: Failure }[] = [];
    const held: Message[] = [];
    const failedKeys = new Set<string>();

    await session.client.query("begin");
    let dead = new Set<number>();
    try {
      for (const message of messages) {
        if (runtime.signal.aborted || (message.key !== null && failedKeys.has(message.key))) {
          held.push(message);
          continue;
        }
        await session.client.query("savepoint message");
        try {
          await this.#handle(message);
          // A deferred constraint must fail here, where it is known whose it is.
          await session.client.query("set constraints all immediate; set constraints all deferred");
          await session.client.query("release savepoint message");
          done.push(message);
        } catch (error) {
          await session.client.query("rollback to savepoint message");
          if (runtime.signal.aborted) {
            held.push(message);
            continue;
          }
          const failure = toFailure(error);
          if (message.key !== null) failedKeys.add(message.key);
          failures.push({ message, failure });
          logFailure(this.#parts, message, failure);
        }
      }
      if (failures.length > 0) dead = await session.fail(failures);
      await this.#confirm(done);
      await session.client.query("commit");
    } catch (error) {
      await session.client.query("rollback");
      throw error;
    }
    for (const message of held) lanes.putBack(message);
    this.#settled(done);
    this.#settled(failures.map(({ message }) => message));
    tally.delivered(done);
    tally.failed(failures.length, dead.size);
    return failures.length + held.length === 0;
  }

  #handle(message: Message): Promise<void> {
    return this.#withLease((lease) => this.#parts.handler.run(message, lease));
  }

  get #handlesBatches(): boolean {
    const { definition } = this.#parts;
    return definition.delivery === "transactional" && definition.handleBatch !== undefined;
  }

  async #withLease(handle: (lease: TransactionLease) => Promise<void>): Promise<void> {
    const lease = new TransactionLease(this.#parts.session.client);
    try {
      await handle(lease);
    } finally {
      lease.end();
    }
  }

  /** In the order in which broker.drop_queue takes its locks. */
  async #confirm(messages: Message[]): Promise<void> {
    await this.#parts.session.confirm(messages.filter((message) => !message.delayed));
    await this.#parts.session.confirmDelayed(messages.filter((message) => message.delayed));
  }

  #settled(messages: Message[]): void {
    for (const message of messages) this.#parts.lanes.settle(message);
  }
}

/** Lets a handler use the transaction during its call only: a query it forgot to await must not reach the next one. */
class TransactionLease implements Transaction {
  #client: DeliveryParts["session"]["client"] | undefined;

  constructor(client: DeliveryParts["session"]["client"]) {
    this.#client = client;
  }

  query: Transaction["query"] = async (text, values) => {
    if (!this.#client)
      throw new Error("this transaction has ended: await every query before the handler returns");
    return this.#client.query(text, values);
  };

  end(): void {
    this.#client = undefined;
  }
}
