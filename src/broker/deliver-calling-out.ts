import { type Delivery, type DeliveryParts, LANE_WINDOW, logFailure, type Progress } from "./delivery.ts";
import type { Message } from "./message.ts";
import { type Failure, toFailure } from "./outcome.ts";
import { Signal } from "./signal.ts";

const DEFAULT_CONCURRENCY = 16;
const LANE_BATCH = LANE_WINDOW / 2;
const WAIT_FOR_ROOM_MS = 100;

/**
 * Handles without an open transaction: at least once. A window of messages slides over the lanes: different keys run at
 * the same time, one key in order, and each message is confirmed soon after its handler ends, whatever its neighbours do.
 */
export class CallingOutDelivery implements Delivery {
  readonly #parts: DeliveryParts;
  readonly #concurrency: number;
  /** How what is at work ends is of no interest any more. */
  #ended = false;
  /** Messages that failed or were put back. */
  #unsettled = 0;
  /** Messages that wait behind one of their key that is at work. */
  readonly #behind = new Map<string, Message[]>();
  /** Free to run, from `#nextReady` on. */
  #ready: Message[] = [];
  #nextReady = 0;
  #working = 0;
  #inHand = 0;
  #done: Message[] = [];
  #failed: { message: Message; failure: Failure }[] = [];
  /** Keys of messages that failed, until the database knows. */
  readonly #failedKeys = new Set<string>();
  readonly #changed = new Signal();

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#concurrency =
      (parts.definition.delivery === "calling-out" ? parts.definition.concurrency : undefined) ??
      DEFAULT_CONCURRENCY;
  }

  async step(): Promise<Progress> {
    const { session, lanes, tally } = this.#parts;
    if (this.#failed.length > 0) await this.#settle();
    const done = await this.#confirmDelayed();
    // Settled as far as reading on is concerned: the next statement of this session confirms them, or ends the reader.
    this.#settled(done);

    const withRoom = lanes.reading.filter((lane) => lanes.inHandOf(lane) <= LANE_WINDOW - LANE_BATCH);
    if (withRoom.length === 0 && done.length === 0) {
      this.#startReady();
      await this.#changed.wait(WAIT_FOR_ROOM_MS);
      return "worked";
    }
    const receiving = session.receive({
      lanes: withRoom,
      afterIds: lanes.startReceive(withRoom),
      maxPerLane: LANE_BATCH,
      inHand: lanes.inHandAboveCursor(withRoom),
      done,
    });
    // The server is at work now; so are the handlers of what came before.
    this.#startReady();
    const received = await receiving;
    tally.delivered(done);

    const taken = this.#take(received);
    // A full load starts when the next receive is on its way, a few at once.
    if (taken < LANE_BATCH) this.#startReady();
    if (taken > 0 || this.#done.length + this.#failed.length > 0) return "worked";
    return this.#inHand > 0 ? "waiting" : "idle";
  }

  async deliver(messages: Message[]): Promise<boolean> {
    this.#unsettled = 0;
    this.#take(messages);
    this.#startReady();
    while (this.#inHand > 0) {
      if (this.#done.length + this.#failed.length === 0) await this.#changed.wait(WAIT_FOR_ROOM_MS);
      await this.#settle();
    }
    return this.#unsettled === 0;
  }

  async finish(graceMs: number): Promise<void> {
    this.#giveBackIdle();
    const until = performance.now() + graceMs;
    while (this.#working > 0 && performance.now() < until) await this.#changed.wait(WAIT_FOR_ROOM_MS);
    await this.#settle();
    // Out of patience: how these end is for their next reader to find out.
    if (this.#working > 0) this.abandon();
  }

  abandon(): void {
    this.#ended = true;
    this.#ready = [];
    this.#nextReady = 0;
    this.#behind.clear();
  }

  pause(ms: number): Promise<void> {
    return this.#changed.wait(ms);
  }

  #take(messages: Message[]): number {
    const { lanes } = this.#parts;
    let taken = 0;
    for (const message of messages) {
      if (lanes.isInHand(message)) continue;
      lanes.take(message);
      this.#inHand++;
      taken++;
      if (message.key !== null && this.#failedKeys.has(message.key)) {
        // Read before the failure of its key was recorded: read it again, and it will be held behind the retry.
        this.#giveBack(message);
        continue;
      }
      const behind = message.key === null ? undefined : this.#behind.get(message.key);
      if (behind) {
        behind.push(message);
      } else {
        if (message.key !== null) this.#behind.set(message.key, []);
        this.#ready.push(message);
      }
    }
    return taken;
  }

  #startReady(): void {
    while (this.#working < this.#concurrency && this.#nextReady < this.#ready.length) {
      const message = this.#ready[this.#nextReady++];
      if (message) void this.#work(message);
    }
    if (this.#nextReady === this.#ready.length) {
      this.#ready = [];
      this.#nextReady = 0;
    }
  }

  async #work(message: Message): Promise<void> {
    this.#working++;
    let failed: { error: unknown } | undefined;
    try {
      await this.#parts.handler.run(message);
    } catch (error) {
      failed = { error };
    }
    this.#working--;
    if (this.#ended) return;
    if (failed) {
      this.#fail(message, failed.error);
    } else {
      this.#done.push(message);
      this.#letNextOfKeyGo(message);
    }
    this.#startReady();
    this.#changed.fire();
  }

  #letNextOfKeyGo({ key }: Message): void {
    if (key === null) return;
    const next = this.#behind.get(key)?.shift();
    if (next) this.#ready.push(next);
    else this.#behind.delete(key);
  }

  #fail(message: Message, error: unknown): void {
    const behind = message.key === null ? [] : (this.#behind.get(message.key) ?? []);
    if (message.key !== null) this.#behind.delete(message.key);
    for (const later of behind) this.#giveBack(later);
    if (this.#parts.runtime.signal.aborted) {
      // Interrupted, not failed: the next reader gets it as if nothing had happened.
      this.#giveBack(message);
      return;
    }
    if (message.key !== null) this.#failedKeys.add(message.key);
    const failure = toFailure(error);
    this.#failed.push({ message, failure });
    this.#unsettled++;
    logFailure(this.#parts, message, failure);
  }

  #giveBack(message: Message): void {
    this.#parts.lanes.putBack(message);
    this.#inHand--;
    this.#unsettled++;
  }

  /** All but what is at work; a key stays busy only while one of its messages is. */
  #giveBackIdle(): void {
    for (const behind of this.#behind.values())
      for (const message of behind.splice(0)) this.#giveBack(message);
    for (const message of this.#ready.slice(this.#nextReady)) {
      this.#giveBack(message);
      if (message.key !== null) this.#behind.delete(message.key);
    }
    this.#ready = [];
    this.#nextReady = 0;
  }

  /** What is done first: that a failure cannot be recorded must not send anything twice. */
  async #settle(): Promise<void> {
    const { session, tally } = this.#parts;
    const done = await this.#confirmDelayed();
    await session.confirm(done);
    this.#settled(done);
    tally.delivered(done);
    await this.#recordFailures();
  }

  async #recordFailures(): Promise<void> {
    if (this.#failed.length === 0) return;
    const { session, tally } = this.#parts;
    const failed = this.#failed;
    this.#failed = [];
    const dead = await session.fail(failed);
    for (const { message } of failed) if (message.key !== null) this.#failedKeys.delete(message.key);
    this.#settled(failed.map(({ message }) => message));
    tally.failed(failed.length, dead.size);
  }

  /** Confirms the retries that are done; returns the other messages that are. */
  async #confirmDelayed(): Promise<Message[]> {
    const { session, tally } = this.#parts;
    const done = this.#done;
    this.#done = [];
    const delayed = done.filter((message) => message.delayed);
    if (delayed.length === 0) return done;
    await session.confirmDelayed(delayed);
    this.#settled(delayed);
    tally.delivered(delayed);
    return done.filter((message) => !message.delayed);
  }

  #settled(messages: Message[]): void {
    for (const message of messages) this.#parts.lanes.settle(message);
    this.#inHand -= messages.length;
  }
}
