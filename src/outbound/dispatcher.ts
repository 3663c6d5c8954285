import type { PoolClient } from "pg";
import { isConnectionLoss } from "../broker/connection-loss.ts";
import type { ServiceRuntime } from "../broker/define-service.ts";
import type { Subscription } from "../broker/late-commits.ts";
import { Reject } from "../broker/outcome.ts";
import type { Adapter } from "./adapter.ts";
import { startAttempt } from "./attempt.ts";
import { type Clock, systemClock } from "./clock.ts";
import { DestinationRun } from "./destination-run.ts";
import { type Condition, type DestinationRow, DispatchSession, type Wish } from "./dispatch-session.ts";
import { openDestination } from "./open-destination.ts";
import type { Sealing } from "./sealing.ts";
import type { Outcome } from "./waiting-delivery.ts";

const BALANCE_EVERY_MS = 1_000;
/** How often to look for new deliveries: often while there are some, less after a second without. */
const LOOK_EVERY_MS = 20;
const LOOK_SELDOM_MS = 50;
const BUSY_FOR_MS = 1_000;
/** A batch of outcomes costs a statement, however many they are. */
const SETTLE_EVERY_MS = 25;
const MOST_PER_RECEIVE = 1_000;
const MOST_PER_HOLD = 500;
const RECONNECT_AFTER_MS = 250;
/** At shutdown what is under way may end in this time; then it is called off, and has the second time to do so. */
const FINISH_MS = 2_000;
const ABORT_MS = 3_000;

interface DispatcherOptions {
  adapter: Adapter;
  runtime: ServiceRuntime;
  /** Asked for when the first secrets are to be opened. */
  sealing: () => Sealing;
  clock?: Clock;
}

/**
 * Delivers to the destinations of one kind. With the dispatchers of other processes it shares them out: a destination has one
 * dispatcher at a time, through a lock of its session. Outlives the database: what is under way when the connection is lost may be
 * delivered once more.
 */
export class Dispatcher {
  readonly #adapter: Adapter;
  readonly #runtime: ServiceRuntime;
  readonly #sealing: () => Sealing;
  readonly #clock: Clock;
  /** Delivered, and the database could not be told yet. */
  #untold: Outcome[] = [];

  constructor({ adapter, runtime, sealing, clock = systemClock }: DispatcherOptions) {
    this.#adapter = adapter;
    this.#runtime = runtime;
    this.#sealing = sealing;
    this.#clock = clock;
  }

  /** Delivers until the worker stops; with `once` until nothing more can be delivered now. */
  async run(): Promise<void> {
    const { signal, log } = this.#runtime;
    try {
      for (;;) {
        try {
          await this.#runtime.withClient((client) => this.#dispatch(client));
          return;
        } catch (error) {
          if (!isConnectionLoss(error)) throw error;
          if (signal.aborted) return;
          const reason = error instanceof Error ? error.message : String(error);
          log.warn(
            { kind: this.#adapter.kind, reason },
            "lost the database, delivering goes on when it is back",
          );
          await new Promise<void>((resolve) => this.#clock.after(RECONNECT_AFTER_MS, resolve));
        }
      }
    } finally {
      await this.#adapter.close?.();
    }
  }

  async #dispatch(client: PoolClient): Promise<void> {
    const shift = new Shift({
      adapter: this.#adapter,
      runtime: this.#runtime,
      sealing: this.#sealing,
      clock: this.#clock,
      session: new DispatchSession(client, this.#adapter.kind),
      untold: this.#untold,
    });
    try {
      // What a server crash makes it forget is delivered once more, which calling out has to bear anyway.
      await client.query("set synchronous_commit = off");
      await shift.work();
    } finally {
      this.#untold = shift.abandon();
      // For a pool that takes the connection back as it is; on a broken one there is nothing to undo.
      await client.query("select pg_advisory_unlock_all(); reset synchronous_commit").catch(() => {});
    }
  }
}

interface ShiftParts {
  adapter: Adapter;
  runtime: ServiceRuntime;
  sealing: () => Sealing;
  clock: Clock;
  session: DispatchSession;
  untold: Outcome[];
}

/** A dispatcher's work through one connection, whose locks end with it. */
class Shift {
  readonly #parts: ShiftParts;
  readonly #session: DispatchSession;
  readonly #clock: Clock;
  readonly #runs = new Map<number, DestinationRun>();
  readonly #late: Subscription;
  #untold: Outcome[];
  #origin = "";
  #membership = { dispatchers: 0, rank: 0, paused: true };
  #revisions = new Map<number, number>();
  /** Ours by number, perhaps with something to deliver, and not held yet. */
  readonly #wanted = new Set<number>();
  /** Ours by number, but held by another dispatcher still: asked for again at the next balance. */
  readonly #elsewhere = new Set<number>();
  /** Cannot be used as they are, by revision. */
  readonly #misconfigured = new Map<number, number>();
  /** Everything up to this place has been looked at. */
  #seen = 0;
  #balancedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #settledAt = Number.NEGATIVE_INFINITY;
  #busyAt = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => {};
  #isWoken = false;

  constructor(parts: ShiftParts) {
    this.#parts = parts;
    this.#session = parts.session;
    this.#clock = parts.clock;
    this.#untold = parts.untold;
    this.#late = parts.runtime.lateCommits.subscribe();
  }

  async work(): Promise<void> {
    const { signal, once } = this.#parts.runtime;
    const wake = () => this.#changed();
    signal.addEventListener("abort", wake, { once: true });
    try {
      if (this.#untold.length > 0) await this.#session.settle(this.#untold);
      this.#untold = [];
      this.#origin = await this.#session.origin();
      while (!signal.aborted) {
        await this.#step();
        if (once && this.#isDrained()) break;
        await this.#pause();
      }
      await this.#finish();
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  /** The locks are gone: calls off what is under way, and returns what was delivered without the database knowing. */
  abandon(): Outcome[] {
    this.#parts.runtime.lateCommits.unsubscribe(this.#late);
    const outcomes = [...this.#untold, ...[...this.#runs.values()].flatMap((run) => run.outcomes)];
    for (const run of this.#runs.values()) {
      run.leave();
      run.abort();
    }
    // Of others the next holder finds out by itself, and perhaps has by now.
    return outcomes.filter(({ outcome }) => outcome === "delivered");
  }

  async #step(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#balancedAt >= BALANCE_EVERY_MS) await this.#balance(now);
    await this.#settle(now);
    await this.#lookForLateCommits();
    if (now - this.#lookedAt >= this.#lookEvery(now)) await this.#look(now);
    await this.#hold();
    await this.#receive();
    await this.#release();
  }

  /** Shares the destinations out, and follows changes of them. */
  async #balance(now: number): Promise<void> {
    this.#balancedAt = now;
    const before = this.#membership;
    this.#membership = await this.#session.join();
    const revisions = await this.#session.revisions();
    const { dispatchers, rank, paused } = this.#membership;
    const isRegrouped =
      dispatchers !== before.dispatchers || rank !== before.rank || paused !== before.paused;
    for (const [id, revision] of revisions) {
      if (!this.#isOurs(id)) continue;
      if ((isRegrouped || this.#revisions.get(id) !== revision) && !this.#runs.has(id)) this.#wanted.add(id);
    }
    this.#revisions = revisions;
    for (const id of this.#elsewhere) this.#wanted.add(id);
    this.#elsewhere.clear();
    for (const run of this.#runs.values()) {
      // Changed, disabled, deleted, or another dispatcher's now. What is ours still is held again once it is vacated.
      if (!run.isLeaving && (revisions.get(run.id) !== run.revision || !this.#isOurs(run.id))) run.leave();
    }
    for (const id of this.#wanted) if (!revisions.has(id) || !this.#isOurs(id)) this.#wanted.delete(id);
  }

  #isOurs(id: number): boolean {
    const { dispatchers, rank, paused } = this.#membership;
    return !paused && id % dispatchers === rank;
  }

  async #lookForLateCommits(): Promise<void> {
    await this.#parts.runtime.lateCommits.refresh(this.#session.client);
    if (this.#late.rewindTo === Number.POSITIVE_INFINITY) return;
    this.#seen = Math.min(this.#seen, this.#late.rewindTo);
    this.#late.rewindTo = Number.POSITIVE_INFINITY;
  }

  #lookEvery(now: number): number {
    return now - this.#busyAt < BUSY_FOR_MS ? LOOK_EVERY_MS : LOOK_SELDOM_MS;
  }

  async #look(now: number): Promise<void> {
    this.#lookedAt = now;
    if (this.#revisions.size === 0) return;
    for (const { destinationId, firstId, lastId } of await this.#session.look(this.#seen)) {
      this.#seen = Math.max(this.#seen, lastId);
      const run = this.#runs.get(destinationId);
      if (run) run.noteNews(firstId);
      else if (this.#isOurs(destinationId) && this.#revisions.has(destinationId))
        this.#wanted.add(destinationId);
    }
  }

  async #hold(): Promise<void> {
    const ids = [...this.#wanted].filter((id) => !this.#runs.has(id)).slice(0, MOST_PER_HOLD);
    if (ids.length === 0) return;
    const held = await this.#session.hold(ids);
    const unusable: number[] = [];
    for (const row of held) {
      this.#wanted.delete(row.id);
      const run = await this.#open(row);
      if (run) this.#runs.set(row.id, run);
      else unusable.push(row.id);
    }
    await this.#session.release(unusable);
    for (const id of ids) if (this.#wanted.delete(id)) this.#elsewhere.add(id);
  }

  async #open(row: DestinationRow): Promise<DestinationRun | undefined> {
    const { adapter, sealing, clock, runtime } = this.#parts;
    if (this.#misconfigured.get(row.id) === row.revision) return undefined;
    try {
      const destination = openDestination(adapter, row, sealing);
      if (row.misconfigured !== null) await this.#session.recordMisconfiguration(row.id, null, null);
      this.#misconfigured.delete(row.id);
      return new DestinationRun(
        {
          clock,
          retryAfterSeconds: adapter.retryAfterSeconds,
          deliveryId: (eventId, destinationId) => `${this.#origin}-${eventId}-${destinationId}`,
          attempt: (delivery, to) =>
            startAttempt(
              {
                adapter: delivery.eventName === "" ? withoutEvent(adapter) : adapter,
                clock,
                log: runtime.log,
                query: runtime.query,
              },
              delivery,
              to,
            ),
          changed: () => this.#changed(),
          ended: (delivery, result) => {
            if (result.outcome === "interrupted") return;
            const { kind, queue } = adapter;
            const { outcome, durationMs } = result;
            runtime.observer.attempted(kind, delivery.destinationId, outcome, durationMs / 1000);
            if (outcome === "delivered") return;
            const { eventId, eventName, attempt } = delivery;
            runtime.log.warn(
              { queue, destination: row.id, eventId, event: eventName, attempt, outcome, code: result.code },
              `delivery failed: ${result.error}`,
            );
          },
        },
        row,
        destination,
      );
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code !== "PA060" && code !== "PA062") throw error;
      this.#misconfigured.set(row.id, row.revision);
      runtime.log.error(
        { destination: row.id, kind: adapter.kind, code },
        `destination cannot be used: ${message}`,
      );
      await this.#session.recordMisconfiguration(row.id, code, message);
      return undefined;
    }
  }

  async #settle(now: number): Promise<void> {
    const conditions: Condition[] = [];
    for (const run of this.#runs.values()) {
      const condition = run.conditionToSave(now);
      if (condition) conditions.push(condition);
    }
    if (conditions.length > 0) await this.#session.saveConditions(conditions);

    if (now - this.#settledAt < SETTLE_EVERY_MS) return;
    const runs = [...this.#runs.values()].filter((run) => run.outcomes.length > 0);
    if (runs.length === 0) return;
    this.#settledAt = now;
    this.#busyAt = now;
    const outcomes = runs.map((run) => run.outcomes.slice());
    await this.#session.settle(outcomes.flat());
    for (const [index, run] of runs.entries()) {
      run.outcomes.splice(0, outcomes[index]!.length);
      run.settled(outcomes[index]!);
    }
  }

  async #receive(): Promise<void> {
    const now = this.#clock.now();
    const wishes: Wish[] = [];
    let most = 0;
    for (const run of this.#runs.values()) {
      if (most >= MOST_PER_RECEIVE) break;
      const wish = run.wish(now);
      if (!wish) continue;
      wishes.push(wish);
      most += wish.most;
    }
    if (wishes.length === 0) return;
    const rows = await this.#session.receive(wishes);
    if (rows.length > 0) this.#busyAt = now;
    const byDestination = Map.groupBy(rows, ({ destinationId }) => destinationId);
    const withDue: DestinationRun[] = [];
    for (const wish of wishes) {
      const run = this.#runs.get(wish.destinationId)!;
      // Who was served goes to the end, so that none is left out for ever when there is more than a statement takes.
      this.#runs.delete(run.id);
      this.#runs.set(run.id, run);
      run.take(byDestination.get(run.id) ?? [], wish);
      if (wish.due && !run.knowsNextDue) withDue.push(run);
      run.startReady();
    }
    if (withDue.length === 0) return;
    const dueIn = await this.#session.dueIn(
      withDue.map(({ id }) => id),
      withDue.flatMap((run) => run.delayedInHand),
    );
    const asked = this.#clock.now();
    for (const run of withDue) {
      const seconds = dueIn.get(run.id);
      if (seconds !== undefined) run.noteDueIn(seconds, asked);
    }
  }

  async #release(): Promise<void> {
    const now = this.#clock.now();
    const idle = new Set([...this.#runs.values()].filter((run) => !run.isLeaving && run.isIdle(now)));
    for (const run of idle) run.leave();
    const released = [...this.#runs.values()].filter((run) => run.isVacated);
    if (released.length === 0) return;
    const conditions = released.flatMap((run) => run.lastCondition(now) ?? []);
    if (conditions.length > 0) await this.#session.saveConditions(conditions);
    await this.#session.release(released.map(({ id }) => id));
    for (const run of released) this.#runs.delete(run.id);
    // What left because it had changed, or was another's for a while, is held again if it is ours now.
    for (const { id } of released.filter((run) => !idle.has(run))) {
      if (this.#revisions.has(id) && this.#isOurs(id)) this.#wanted.add(id);
    }
  }

  #isDrained(): boolean {
    const now = this.#clock.now();
    return (
      this.#lookedAt !== Number.NEGATIVE_INFINITY &&
      this.#wanted.size + this.#elsewhere.size === 0 &&
      [...this.#runs.values()].every((run) => run.isDrained(now))
    );
  }

  /** Until something ends, something may start, or it is time to look. */
  async #pause(): Promise<void> {
    const now = this.#clock.now();
    let until = Math.min(this.#lookedAt + this.#lookEvery(now), this.#balancedAt + BALANCE_EVERY_MS);
    for (const run of this.#runs.values()) until = Math.min(until, run.nextAt(now));
    if (!this.#isWoken && until > now) {
      await new Promise<void>((resolve) => {
        const callOff = this.#clock.after(until - now, resolve);
        this.#wake = () => {
          callOff();
          resolve();
        };
      });
      this.#wake = () => {};
    }
    this.#isWoken = false;
    for (const run of this.#runs.values()) run.startReady();
  }

  #changed(): void {
    // Outcomes are settled in batches: not at once for the first of them.
    if (!this.#parts.runtime.signal.aborted && this.#clock.now() - this.#settledAt < SETTLE_EVERY_MS) return;
    this.#isWoken = true;
    this.#wake();
  }

  /** Shutdown: what is under way may end; what does not is called off, and stays in its place. */
  async #finish(): Promise<void> {
    for (const run of this.#runs.values()) run.leave();
    await this.#untilVacated(FINISH_MS);
    for (const run of this.#runs.values()) run.abort();
    await this.#untilVacated(ABORT_MS);
    const now = this.#clock.now();
    const conditions = [...this.#runs.values()].flatMap((run) => run.lastCondition(now) ?? []);
    if (conditions.length > 0) await this.#session.saveConditions(conditions);
  }

  async #untilVacated(patienceMs: number): Promise<void> {
    const deadline = this.#clock.now() + patienceMs;
    for (;;) {
      const now = this.#clock.now();
      await this.#settle(now);
      if (now >= deadline || ![...this.#runs.values()].some((run) => run.isBusy)) return;
      await new Promise<void>((resolve) => this.#clock.after(SETTLE_EVERY_MS, resolve));
    }
  }
}

/** A delivery whose event was deleted by hand cannot be made, and must not stay for ever. */
function withoutEvent(adapter: Adapter): Adapter {
  return {
    ...adapter,
    schemas: {},
    deliver: () => Promise.reject(new Reject("PA066", "its event is not in the log any more")),
  };
}
