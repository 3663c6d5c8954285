import type { Subscription } from "../broker/late-commits.ts";
import type { Clock } from "./clock.ts";
import type { DestinationRun } from "./destination-run.ts";
import type { DispatchSession, Wish } from "./dispatch-session.ts";
import { Opening, type OpeningParts } from "./opening.ts";
import type { Outcome } from "./outcome.ts";
import { Shares } from "./shares.ts";

const BALANCE_EVERY_MS = 1_000;
/** How often to look for new deliveries: often while there are some, less after a second without. */
const LOOK_EVERY_MS = 20;
const LOOK_SELDOM_MS = 50;
const BUSY_FOR_MS = 1_000;
/** A batch of outcomes costs a statement, however many they are. */
const SETTLE_EVERY_MS = 25;
const MOST_PER_RECEIVE = 1_000;
const MOST_PER_HOLD = 500;
/** At shutdown what is under way may end in this time; then it is called off, and has the second time to do so. */
const FINISH_MS = 2_000;
const ABORT_MS = 3_000;

interface ShiftParts extends OpeningParts {
  /** Delivered, and the database could not be told yet. */
  untold: Outcome[];
}

/** A dispatcher's work through one connection, whose locks end with it. */
export class Shift {
  readonly #parts: ShiftParts;
  readonly #session: DispatchSession;
  readonly #clock: Clock;
  readonly #runs = new Map<number, DestinationRun>();
  readonly #late: Subscription;
  #untold: Outcome[];
  readonly #shares = new Shares();
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
      const opening = new Opening(this.#parts, await this.#session.origin(), () => this.#changed());
      while (!signal.aborted) {
        await this.#step(opening);
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
    for (const run of this.#runs.values()) run.abandon();
    // Of others the next holder finds out by itself, and perhaps has by now.
    return outcomes.filter(({ outcome }) => outcome === "delivered");
  }

  async #step(opening: Opening): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#balancedAt >= BALANCE_EVERY_MS) await this.#balance(now);
    await this.#settle(now);
    await this.#lookForLateCommits();
    if (now - this.#lookedAt >= this.#lookEvery(now)) await this.#look(now);
    await this.#hold(opening);
    await this.#receive();
    await this.#startSuspects();
    await this.#release();
  }

  /** Shares the destinations out, and follows changes of them. */
  async #balance(now: number): Promise<void> {
    this.#balancedAt = now;
    this.#shares.balance(await this.#session.join(), await this.#session.revisions());
    for (const run of this.#runs.values()) {
      // What is ours still is held again once it is vacated.
      if (!run.isLeaving && !this.#shares.isStillOurs(run.id, run.revision)) run.leave();
    }
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
    if (this.#shares.isNobodyEnabled) return;
    for (const { destinationId, firstId, lastId } of await this.#session.look(this.#seen)) {
      this.#seen = Math.max(this.#seen, lastId);
      const run = this.#runs.get(destinationId);
      if (run) run.noteNews(firstId);
      else this.#shares.want(destinationId);
    }
  }

  async #hold(opening: Opening): Promise<void> {
    const wanted = this.#shares.wanted(MOST_PER_HOLD, (id) => this.#runs.has(id));
    if (wanted.length === 0) return;
    const held = await this.#session.hold(wanted, this.#parts.runtime.worker);
    const unusable: number[] = [];
    for (const row of held) {
      const run = await opening.open(row);
      if (run) this.#runs.set(row.id, run);
      else unusable.push(row.id);
    }
    await this.#session.release(unusable);
    this.#shares.noteHeld(
      wanted,
      held.map(({ id }) => id),
    );
  }

  async #settle(now: number): Promise<void> {
    const conditions = [...this.#runs.values()].flatMap(({ health }) => health.conditionToSave(now) ?? []);
    if (conditions.length > 0) await this.#session.saveConditions(conditions);

    if (now - this.#settledAt < SETTLE_EVERY_MS) return;
    const runs = [...this.#runs.values()].filter((run) => run.outcomes.length > 0);
    if (runs.length > 0) {
      this.#settledAt = now;
      this.#busyAt = now;
      const outcomes = runs.map((run) => run.outcomes.slice());
      await this.#session.settle(outcomes.flat());
      for (const [index, run] of runs.entries()) {
        run.outcomes.splice(0, outcomes[index]!.length);
        run.settled(outcomes[index]!);
      }
    }
    await this.#session.clearSuspects([...this.#runs.values()].flatMap((run) => run.takeCleared()));
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

  /** Where the last worker crashed: what may have been the cause starts when that is written down. */
  async #startSuspects(): Promise<void> {
    const suspects = [...this.#runs.values()].flatMap((run) => run.nextSuspects());
    await this.#session.recordSuspects(suspects);
    for (const suspect of suspects) this.#runs.get(suspect.destinationId)!.startSuspect(suspect);
  }

  async #release(): Promise<void> {
    const now = this.#clock.now();
    const idle = new Set([...this.#runs.values()].filter((run) => !run.isLeaving && run.isIdle(now)));
    for (const run of idle) run.leave();
    const released = [...this.#runs.values()].filter((run) => run.isVacated);
    if (released.length === 0) return;
    const conditions = released.flatMap(({ health }) => health.lastCondition(now) ?? []);
    if (conditions.length > 0) await this.#session.saveConditions(conditions);
    await this.#session.release(released.map(({ id }) => id));
    for (const run of released) this.#runs.delete(run.id);
    // What left because it had changed, or was another's for a while, is held again if it is ours now.
    for (const { id } of released.filter((run) => !idle.has(run))) this.#shares.want(id);
  }

  #isDrained(): boolean {
    const now = this.#clock.now();
    return (
      this.#lookedAt !== Number.NEGATIVE_INFINITY &&
      !this.#shares.isUnmet &&
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
    const conditions = [...this.#runs.values()].flatMap(({ health }) => health.lastCondition(now) ?? []);
    if (conditions.length > 0) await this.#session.saveConditions(conditions);
    const vacated = [...this.#runs.values()].filter((run) => run.isVacated);
    await this.#session.release(vacated.map(({ id }) => id));
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
