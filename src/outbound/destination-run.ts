import { stringifyExactJson } from "../db/exact-json.ts";
import type { Destination } from "./adapter.ts";
import type { Attempt, AttemptResult } from "./attempt.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { Clock } from "./clock.ts";
import type { DestinationRow, Wish } from "./dispatch-session.ts";
import { Health } from "./health.ts";
import { InHand } from "./in-hand.ts";
import { type Outcome, outcomeOf, outcomeOfFailure } from "./outcome.ts";
import { OwnTrouble } from "./own-trouble.ts";
import type { Quarantine } from "./quarantine.ts";
import { Reception } from "./reception.ts";
import { Suspects } from "./suspects.ts";
import { TokenBucket } from "./token-bucket.ts";
import { type DeliveryRow, type WaitingDelivery, waitingDelivery } from "./waiting-delivery.ts";
import { Window } from "./window.ts";

const IDLE_MS = 5_000;
/** Of the window that the crashed worker had, with some late ones among them. */
const WINDOWS_IN_DOUBT = 2;

interface RunParts {
  clock: Clock;
  budget: ByteBudget;
  quarantine: Quarantine;
  retryAfterSeconds: readonly number[];
  deliveryId(eventId: number, destinationId: number): string;
  attempt(delivery: WaitingDelivery, destination: Destination<unknown, unknown>): Attempt;
  /** Something ended: there is something to settle or to start. */
  changed(): void;
  ended(delivery: WaitingDelivery, result: AttemptResult): void;
}

/** A destination that this dispatcher holds: what of it is in hand, how fast it may be called, and how it is. */
export class DestinationRun {
  readonly id: number;
  readonly revision: number;
  readonly health: Health;
  readonly outcomes: Outcome[] = [];
  readonly #parts: RunParts;
  readonly #destination: Destination<unknown, unknown>;
  readonly #concurrency: number;
  readonly #bucket: TokenBucket | undefined;
  readonly #window: Window;
  readonly #reception = new Reception();
  readonly #inHand: InHand;
  readonly #suspects: Suspects;
  readonly #running = new Map<WaitingDelivery, Attempt>();
  /** Keys of deliveries that failed, until the database knows. */
  readonly #failedKeys = new Set<string>();
  readonly #ownTrouble = new OwnTrouble();
  #workedAt = Number.NEGATIVE_INFINITY;
  #isLeaving = false;

  constructor(parts: RunParts, row: DestinationRow, destination: Destination<unknown, unknown>) {
    const now = parts.clock.now();
    this.#parts = parts;
    this.id = row.id;
    this.revision = row.revision;
    this.#destination = destination;
    this.#concurrency = row.concurrency;
    this.#bucket = row.ratePerSecond === null ? undefined : new TokenBucket(row.ratePerSecond, now);
    this.health = new Health(row, now);
    this.#window = new Window(row.concurrency, parts.budget);
    this.#inHand = new InHand(parts.budget);
    this.#suspects = new Suspects(row.crashed ? WINDOWS_IN_DOUBT * this.#window.size : 0, parts.quarantine);
  }

  /** Starts nothing more, and forgets what it has not started. */
  leave(): void {
    this.#isLeaving = true;
    this.#forgetIdle();
  }

  /** Somebody else may hold it by now: calls off what is under way, and expects nothing more. */
  abandon(): void {
    this.leave();
    this.abort();
    this.#suspects.abandon();
    this.#inHand.dropAll();
    this.#window.received([]);
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Nothing is under way, and all is settled. */
  get isVacated(): boolean {
    return this.#isLeaving && !this.isBusy;
  }

  get isBusy(): boolean {
    return this.#running.size > 0 || this.outcomes.length > 0 || this.#suspects.hasCleared;
  }

  /** Holds nothing, expects nothing, for a while. */
  isIdle(now: number): boolean {
    return (
      this.#inHand.size === 0 &&
      this.outcomes.length === 0 &&
      !this.#reception.hasMore &&
      this.#reception.nextDueAt === Number.POSITIVE_INFINITY &&
      now - this.#workedAt > IDLE_MS
    );
  }

  /** All that can be delivered now has been. */
  isDrained(now: number): boolean {
    if (this.isBusy || this.#suspects.waitingCount > 0) return false;
    if (now < this.health.circuit.startsAt) return true;
    return this.#inHand.size === 0 && !this.#reception.isWanted(now);
  }

  /** There are deliveries from this place on. */
  noteNews(place: number): void {
    this.#reception.noteNews(place);
  }

  /** What to receive for it now; undefined: nothing. */
  wish(now: number): Wish | undefined {
    const { circuit } = this.health;
    if (this.#isLeaving || now < circuit.startsAt || !this.#reception.isWanted(now)) return undefined;
    const most = this.#window.room(this.#inHand.size, circuit.isOpen);
    if (most === 0) return undefined;
    this.#window.expect(most);
    return this.#reception.wish(this.id, most, this.#inHand, now);
  }

  /** Takes what was received by that wish. */
  take(rows: DeliveryRow[], wish: Wish): void {
    this.#reception.received(rows, wish);
    const bytes = rows.map(({ data }) => (data === null ? 0 : stringifyExactJson(data).length));
    this.#window.received(bytes.filter((one) => one > 0));
    for (const [index, row] of rows.entries()) this.#takeOne(row, bytes[index]!);
  }

  /** The next retry is so far away. */
  noteDueIn(seconds: number, now: number): void {
    this.#reception.noteDueIn(seconds, now);
  }

  /** Retries among what it has in hand. */
  get delayedInHand(): number[] {
    return this.#inHand.places(({ delayed }) => delayed);
  }

  get knowsNextDue(): boolean {
    return this.#reception.nextDueAt !== Number.POSITIVE_INFINITY;
  }

  /** Starts what may be started. */
  startReady(): void {
    const now = this.#parts.clock.now();
    const { circuit } = this.health;
    while (!this.#isLeaving && this.#inHand.readyCount > 0 && this.#mayStartMore(now)) {
      if (this.#bucket && !this.#bucket.take(now)) return;
      const delivery = this.#inHand.start(circuit.isOpen ? circuit.state.probes : 0);
      if (delivery && !this.#suspects.holdBack(delivery)) this.#start(delivery);
    }
  }

  /** What is to be written down, and then started. */
  nextSuspects(): WaitingDelivery[] {
    return this.#suspects.next();
  }

  /** It is written down. */
  startSuspect(delivery: WaitingDelivery): void {
    if (!this.#isLeaving && this.health.circuit.limit(this.#parts.clock.now()) > 0) {
      this.#start(delivery);
    } else {
      this.#suspects.ended(delivery);
      this.#giveBack(delivery);
    }
  }

  /** Those that ended without crashing the worker, and of which the database does not know yet. */
  takeCleared(): WaitingDelivery[] {
    return this.#suspects.takeCleared();
  }

  /** When something may be started or received that cannot be now; infinity: when something else happens. */
  nextAt(now: number): number {
    if (this.#isLeaving) return Number.POSITIVE_INFINITY;
    const { startsAt } = this.health.circuit;
    if (startsAt > now) return startsAt;
    const isReady = this.#inHand.readyCount > 0 && this.#mayStartMore(now);
    const rateAt = isReady && this.#bucket ? this.#bucket.nextAt(now) : Number.POSITIVE_INFINITY;
    const { nextDueAt } = this.#reception;
    return Math.min(rateAt, nextDueAt > now ? nextDueAt : Number.POSITIVE_INFINITY);
  }

  /** Calls off what is under way. */
  abort(): void {
    for (const attempt of this.#running.values()) attempt.abort();
  }

  /** The database knows of these. */
  settled(outcomes: Outcome[]): void {
    const now = this.#parts.clock.now();
    for (const { id, key, outcome, delayed, retry_in_s } of outcomes) {
      if (outcome === "down") continue;
      this.#inHand.settle(id);
      if (outcome === "failed") {
        if (key !== null) this.#failedKeys.delete(key);
        this.noteDueIn(retry_in_s ?? 0, now);
      } else if (delayed && key !== null) {
        // What waited behind it may have been let go.
        this.#reception.noteDue();
      }
    }
  }

  /** But for its rate. */
  #mayStartMore(now: number): boolean {
    const most = Math.min(this.#concurrency, this.health.circuit.limit(now));
    return this.#running.size + this.#suspects.waitingCount < most;
  }

  #takeOne(row: DeliveryRow, bytes: number): void {
    if (row.parked || this.#inHand.has(row.id)) return;
    if (row.key !== null && this.#failedKeys.has(row.key)) {
      // Received before the failure of its key was written: received again, it will be held back behind that.
      this.#reception.forgot({ place: row.id, delayed: row.delayed });
      return;
    }
    this.#workedAt = this.#parts.clock.now();
    this.#inHand.add(waitingDelivery(row, this.#parts.deliveryId(row.eventId, this.id), bytes));
  }

  #start(delivery: WaitingDelivery): void {
    const attempt = this.#parts.attempt(delivery, this.#destination);
    this.#running.set(delivery, attempt);
    void attempt.result.then((result) => {
      this.#running.delete(delivery);
      this.#end(delivery, result);
      this.#parts.ended(delivery, result);
      this.startReady();
      this.#parts.changed();
    });
  }

  #end(delivery: WaitingDelivery, result: AttemptResult): void {
    const now = this.#parts.clock.now();
    this.#workedAt = now;
    this.#suspects.ended(delivery);
    if (result.outcome === "interrupted") {
      this.#giveBack(delivery);
      return;
    }
    if (result.outcome === "down" && !this.#ownTrouble.isOf(delivery.place)) {
      this.#wentDown(delivery, result, now);
      return;
    }
    this.#ownTrouble.forget(delivery.place);
    if (result.outcome !== "down") {
      this.#ownTrouble.noteAnswer(now);
      this.health.answered(this.#concurrency);
    }
    if (result.outcome === "delivered" || result.outcome === "rejected") {
      this.outcomes.push(outcomeOf(delivery, result));
      if (result.outcome === "delivered") this.health.works();
      this.#inHand.letNextGo(delivery);
      return;
    }
    this.health.fails(result, now);
    const outcome = outcomeOfFailure(delivery, result, this.#parts.retryAfterSeconds);
    this.outcomes.push(outcome);
    if (outcome.outcome === "rejected") this.#inHand.letNextGo(delivery);
    else this.#holdBackBehind(delivery);
  }

  /** Until its retry. */
  #holdBackBehind({ key }: WaitingDelivery): void {
    for (const later of this.#inHand.dropBehind(key)) this.#reception.forgot(later);
    if (key !== null) this.#failedKeys.add(key);
  }

  #wentDown(delivery: WaitingDelivery, result: AttemptResult & { outcome: "down" }, now: number): void {
    this.outcomes.push(outcomeOf(delivery, result));
    this.health.wentDown(result, now);
    this.#ownTrouble.noteDown(delivery.place, now);
    if (this.health.circuit.isOpen) {
      this.#giveBack(delivery);
      this.#forgetIdle();
    } else {
      this.#inHand.putBack(delivery);
    }
  }

  /** One that was under way stays where it is, and all behind it. */
  #giveBack(delivery: WaitingDelivery): void {
    for (const later of this.#inHand.dropBehind(delivery.key)) this.#reception.forgot(later);
    this.#inHand.drop(delivery);
    this.#reception.forgot(delivery);
  }

  #forgetIdle(): void {
    for (const delivery of this.#suspects.dropWaiting()) this.#giveBack(delivery);
    for (const delivery of this.#inHand.dropIdle()) this.#reception.forgot(delivery);
  }
}
