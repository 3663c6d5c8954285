import type { ConsumerDefinition } from "./consumer.ts";
import { CallingOutDelivery } from "./deliver-calling-out.ts";
import { deliverSuspects } from "./deliver-suspects.ts";
import { TransactionalDelivery } from "./deliver-transactionally.ts";
import type { Delivery, DeliveryParts } from "./delivery.ts";
import { Handler } from "./handler.ts";
import { Lanes } from "./lanes.ts";
import type { Subscription } from "./late-commits.ts";
import type { QueueSession } from "./queue-session.ts";
import type { WorkerRuntime } from "./runtime.ts";
import { Tally } from "./tally.ts";

const BALANCE_EVERY_MS = 100;
const SAVE_PROGRESS_EVERY_MS = 5_000;
/** How often an idle reader looks: often while events are likely, less after a second without. */
const LOOK_EVERY_MS = 4;
const LOOK_SELDOM_MS = 25;
const BUSY_FOR_MS = 1_000;
const SHUTDOWN_GRACE_MS = 10_000;

/** Reads one queue through one connection: owns lanes, delivers their messages, ends when the queue has been idle. */
export class Reader {
  readonly #definition: ConsumerDefinition;
  readonly #runtime: WorkerRuntime;
  readonly #session: QueueSession;
  readonly #lanes = new Lanes();
  readonly #tally: Tally;
  readonly #handler: Handler;
  readonly #parts: DeliveryParts;
  readonly #delivery: Delivery;
  readonly #late: Subscription;
  #balancedAt = Number.NEGATIVE_INFINITY;
  #savedAt = performance.now();
  #workedAt = performance.now();
  #surplus = false;

  constructor(definition: ConsumerDefinition, runtime: WorkerRuntime, session: QueueSession) {
    this.#definition = definition;
    this.#runtime = runtime;
    this.#session = session;
    this.#tally = new Tally(definition.queue, runtime.observer);
    this.#handler = new Handler(definition, runtime);
    this.#late = runtime.lateCommits.subscribe();
    const parts = {
      definition,
      runtime,
      session,
      lanes: this.#lanes,
      handler: this.#handler,
      tally: this.#tally,
    };
    this.#parts = parts;
    this.#delivery =
      definition.delivery === "transactional"
        ? new TransactionalDelivery(parts)
        : new CallingOutDelivery(parts);
  }

  /** Reads until the queue has been idle for the linger time, there are readers enough, or the worker shuts down. */
  async run(): Promise<void> {
    const { signal } = this.#runtime;
    const onAbort = () => this.#handler.abortAll(new Error("the worker is shutting down"));
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      do {
        await this.#session.disarm();
        await this.#readUntilIdle();
        await this.#release(this.#lanes.numbers);
        await this.#tally.report(this.#session, true);
        await this.#session.retire();
      } while (!signal.aborted && !this.#surplus && (await this.#session.hasMessages()));
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#delivery.abandon();
      this.#handler.close(new Error("the reader has ended"));
      this.#runtime.lateCommits.unsubscribe(this.#late);
    }
  }

  async #readUntilIdle(): Promise<void> {
    const { signal, lingerMs } = this.#runtime;
    this.#workedAt = performance.now();
    this.#balancedAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      const now = performance.now();
      if (now - this.#balancedAt > BALANCE_EVERY_MS) await this.#balance(now);
      if (this.#surplus) break;
      await this.#release(this.#lanes.vacated);
      await this.#lookForLateCommits();
      if (now - this.#savedAt > SAVE_PROGRESS_EVERY_MS) await this.#saveProgress(now);
      await this.#tally.report(this.#session);

      const progress = await this.#delivery.step();
      if (progress === "idle" && now - this.#workedAt > lingerMs) break;
      if (progress !== "idle") this.#workedAt = now;
      if (progress !== "worked") {
        await this.#delivery.pause(now - this.#workedAt < BUSY_FOR_MS ? LOOK_EVERY_MS : LOOK_SELDOM_MS);
      }
    }
    // Handlers end by their time-out at the latest; only a shutdown is in a hurry.
    await this.#delivery.finish(signal.aborted ? SHUTDOWN_GRACE_MS : Number.POSITIVE_INFINITY);
  }

  async #balance(now: number): Promise<void> {
    const { share, surplus, gained } = await this.#session.balanceLanes(
      this.#runtime.worker,
      this.#lanes.numbers,
    );
    this.#balancedAt = now;
    this.#surplus = surplus;
    for (const { lane, lowId } of gained) this.#lanes.add(lane, lowId);
    const crashed = gained.filter((lane) => lane.crashed).map(({ lane }) => lane);
    if (crashed.length > 0) {
      this.#runtime.log.warn(
        { queue: this.#definition.queue, lanes: crashed },
        "the last reader of these lanes crashed: its messages are delivered with care",
      );
      await deliverSuspects(crashed, this.#parts, this.#delivery);
    }
    if (!surplus) for (const lane of this.#lanes.reading.slice(share)) this.#lanes.leave(lane);
  }

  async #lookForLateCommits(): Promise<void> {
    await this.#runtime.lateCommits.refresh(this.#session.client);
    if (this.#late.rewindTo === Number.POSITIVE_INFINITY) return;
    this.#lanes.rewindTo(this.#late.rewindTo);
    this.#late.rewindTo = Number.POSITIVE_INFINITY;
  }

  async #saveProgress(now: number): Promise<void> {
    this.#savedAt = now;
    const lanes = this.#lanes.numbers;
    await this.#session.saveProgress(lanes, this.#lowIds(lanes));
  }

  async #release(lanes: number[]): Promise<void> {
    if (lanes.length === 0) return;
    await this.#session.releaseLanes(lanes, this.#lowIds(lanes));
    for (const lane of lanes) this.#lanes.remove(lane);
  }

  #lowIds(lanes: number[]): number[] {
    // What a checkpoint since the last look has found must be read first.
    return this.#lanes.lowIds(lanes, Math.min(this.#runtime.lateCommits.settledBelow, this.#late.rewindTo));
  }
}
