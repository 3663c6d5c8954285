import { stringifyExactJson } from "../db/exact-json.ts";
import type { Destination } from "./adapter.ts";
import type { Attempt, AttemptResult } from "./attempt.ts";
import { Circuit } from "./circuit.ts";
import type { Clock } from "./clock.ts";
import type { Condition, DeliveryRow, DestinationRow, Wish } from "./dispatch-session.ts";
import { InHand } from "./in-hand.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Outcome, WaitingDelivery } from "./waiting-delivery.ts";

/** Enough that the next is there when one ends, few enough that a thousand destinations fit into memory. */
const WINDOW_PER_CONCURRENCY = 6;
const SMALLEST_WINDOW = 32;
/** Of documents, as JSON: parsed they take some times as much. */
const MOST_BYTES_IN_HAND = 32 * 1024 * 1024;
/** While it is down: some to choose from, lest one that has trouble of its own be the probe each time. */
const PROBE_WINDOW = 8;
const IDLE_MS = 5_000;
const SAVE_FAILING_EVERY_MS = 60_000;
const SAVE_AT_MOST_EVERY_MS = 5_000;
const MOST_DOWNS_REMEMBERED = 1_000;

interface RunParts {
  clock: Clock;
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
  readonly outcomes: Outcome[] = [];
  readonly #parts: RunParts;
  readonly #destination: Destination<unknown, unknown>;
  readonly #concurrency: number;
  readonly #bucket: TokenBucket | undefined;
  readonly #circuit: Circuit;
  readonly #inHand = new InHand();
  readonly #running = new Map<WaitingDelivery, Attempt>();
  /** Keys of deliveries that failed, until the database knows. */
  readonly #failedKeys = new Set<string>();
  /** When a delivery found the destination down; by place. */
  readonly #downAt = new Map<number, number>();
  /** Everything up to this place has been received. */
  #cursor = 0;
  /** Places above this one are to be received once more, by the next wish: what is on its way now moves the cursor on. */
  #rewindTo = Number.POSITIVE_INFINITY;
  #mayHaveMore = true;
  /** What a document took lately; undefined: none has come yet. */
  #bytesEach: number | undefined;
  #nextDueAt = Number.NEGATIVE_INFINITY;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #workedAt = Number.NEGATIVE_INFINITY;
  #isLeaving = false;
  #failingSince: number | undefined;
  #error: { code: string; error: string } | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #mustSave: "now" | "soon" | "no" = "no";

  constructor(parts: RunParts, row: DestinationRow, destination: Destination<unknown, unknown>) {
    const now = parts.clock.now();
    this.#parts = parts;
    this.id = row.id;
    this.revision = row.revision;
    this.#destination = destination;
    this.#concurrency = row.concurrency;
    this.#bucket = row.ratePerSecond === null ? undefined : new TokenBucket(row.ratePerSecond, now);
    this.#circuit = new Circuit({
      open: row.circuitOpen,
      probeAt: now + (row.probeInS ?? 0) * 1000,
      probes: row.probes,
    });
    this.#failingSince = row.failingForS === null ? undefined : now - row.failingForS * 1000;
  }

  /** Starts nothing more, and forgets what it has not started. */
  leave(): void {
    this.#isLeaving = true;
    this.#forgetIdle();
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Nothing is under way, and all is settled. */
  get isVacated(): boolean {
    return this.#isLeaving && this.#running.size === 0 && this.outcomes.length === 0;
  }

  get isBusy(): boolean {
    return this.#running.size > 0 || this.outcomes.length > 0;
  }

  /** Holds nothing, expects nothing, for a while. */
  isIdle(now: number): boolean {
    return (
      this.#inHand.size === 0 &&
      this.outcomes.length === 0 &&
      !this.#hasMore &&
      this.#nextDueAt === Number.POSITIVE_INFINITY &&
      now - this.#workedAt > IDLE_MS
    );
  }

  /** All that can be delivered now has been. */
  isDrained(now: number): boolean {
    if (this.#running.size > 0 || this.outcomes.length > 0) return false;
    if (now < this.#circuit.startsAt) return true;
    return this.#inHand.size === 0 && !this.#hasMore && this.#nextDueAt > now;
  }

  /** There are deliveries from this place on. */
  noteNews(place: number): void {
    this.#rewindTo = Math.min(this.#rewindTo, place - 1);
  }

  /** What to receive for it now; undefined: nothing. */
  wish(now: number): Wish | undefined {
    if (this.#isLeaving || now < this.#circuit.startsAt) return undefined;
    const due = this.#nextDueAt <= now;
    if (!this.#hasMore && !due) return undefined;
    const most = this.#room();
    if (most === 0) return undefined;
    this.#cursor = Math.min(this.#cursor, this.#rewindTo);
    this.#rewindTo = Number.POSITIVE_INFINITY;
    if (due) this.#nextDueAt = Number.POSITIVE_INFINITY;
    return {
      destinationId: this.id,
      after: this.#cursor,
      most,
      due,
      inHand: this.#inHand.places((delivery) => (delivery.delayed ? due : delivery.place > this.#cursor)),
    };
  }

  /** Takes what was received by that wish. */
  take(rows: DeliveryRow[], { most, due }: Wish): void {
    let fresh = 0;
    let late = 0;
    for (const row of rows) {
      if (row.delayed) {
        late++;
      } else {
        fresh++;
        this.#cursor = Math.max(this.#cursor, row.id);
      }
    }
    this.#mayHaveMore = fresh === most;
    if (due && late === most) this.#nextDueAt = Number.NEGATIVE_INFINITY;
    this.#weigh(rows);
    for (const row of rows) this.#takeOne(row);
  }

  /** The next retry is so far away. */
  noteDueIn(seconds: number, now: number): void {
    this.#nextDueAt = Math.min(this.#nextDueAt, now + seconds * 1000);
  }

  /** Retries among what it has in hand. */
  get delayedInHand(): number[] {
    return this.#inHand.places(({ delayed }) => delayed);
  }

  get knowsNextDue(): boolean {
    return this.#nextDueAt !== Number.POSITIVE_INFINITY;
  }

  /** Starts what may be started. */
  startReady(): void {
    const now = this.#parts.clock.now();
    while (!this.#isLeaving && this.#inHand.readyCount > 0) {
      if (this.#running.size >= Math.min(this.#concurrency, this.#circuit.limit(now))) return;
      if (this.#bucket && !this.#bucket.take(now)) return;
      const delivery = this.#inHand.start(this.#circuit.isOpen ? this.#circuit.state.probes : 0);
      if (delivery) this.#start(delivery);
    }
  }

  /** When something may be started or received that cannot be now; infinity: when something else happens. */
  nextAt(now: number): number {
    if (this.#isLeaving) return Number.POSITIVE_INFINITY;
    const startsAt = this.#circuit.startsAt;
    if (startsAt > now) return startsAt;
    const ready = this.#inHand.readyCount > 0 && this.#running.size < this.#concurrency;
    const rateAt = ready && this.#bucket ? this.#bucket.nextAt(now) : Number.POSITIVE_INFINITY;
    return Math.min(rateAt, this.#nextDueAt > now ? this.#nextDueAt : Number.POSITIVE_INFINITY);
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
        this.#nextDueAt = Number.NEGATIVE_INFINITY;
      }
    }
  }

  /** How it is, if that must be written. */
  conditionToSave(now: number): Condition | undefined {
    const since = now - this.#savedAt;
    const isDue =
      this.#mustSave === "now" ||
      (this.#mustSave === "soon" && since > SAVE_AT_MOST_EVERY_MS) ||
      (this.#failingSince !== undefined && this.#error !== undefined && since > SAVE_FAILING_EVERY_MS);
    if (!isDue) return undefined;
    this.#mustSave = "no";
    this.#savedAt = now;
    const condition = this.#condition(now);
    this.#error = undefined;
    return condition;
  }

  /** How it is, before it is released. */
  lastCondition(now: number): Condition | undefined {
    return this.#mustSave === "no" && this.#error === undefined ? undefined : this.#condition(now);
  }

  #condition(now: number): Condition {
    const { open, probeAt, probes } = this.#circuit.state;
    return {
      id: this.id,
      revision: this.revision,
      failing_for_s: this.#failingSince === undefined ? null : Math.max(0, (now - this.#failingSince) / 1000),
      code: this.#error?.code,
      error: this.#error?.error,
      circuit_open: open,
      probe_in_s: Math.max(0, (probeAt - now) / 1000),
      probes,
    };
  }

  get #hasMore(): boolean {
    return this.#mayHaveMore || this.#rewindTo !== Number.POSITIVE_INFINITY;
  }

  /** Large documents make large ones likely; it takes some small ones to forget them. */
  #weigh(rows: DeliveryRow[]): void {
    const documents = rows.filter(({ data }) => data !== null);
    if (documents.length === 0) return;
    const bytes = documents.reduce((sum, { data }) => sum + stringifyExactJson(data).length, 0);
    this.#bytesEach = Math.max(bytes / documents.length, (this.#bytesEach ?? 0) / 2);
  }

  #window(): number {
    if (this.#circuit.isOpen) return PROBE_WINDOW;
    if (this.#bytesEach === undefined) return SMALLEST_WINDOW;
    const window = Math.max(SMALLEST_WINDOW, this.#concurrency * WINDOW_PER_CONCURRENCY);
    return Math.max(1, Math.min(window, Math.floor(MOST_BYTES_IN_HAND / this.#bytesEach)));
  }

  #room(): number {
    const window = this.#window();
    const room = window - this.#inHand.size;
    // Not for one or two at a time.
    return room >= window / 4 ? room : 0;
  }

  #takeOne(row: DeliveryRow): void {
    if (row.parked || this.#inHand.has(row.id)) return;
    if (row.key !== null && this.#failedKeys.has(row.key)) {
      // Received before the failure of its key was written: received again, it will be held back behind that.
      this.#forgot(row.id, row.delayed);
      return;
    }
    this.#workedAt = this.#parts.clock.now();
    this.#inHand.add({
      id: this.#parts.deliveryId(row.eventId, this.id),
      destinationId: this.id,
      place: row.id,
      eventId: row.eventId,
      eventName: row.eventName ?? "",
      key: row.key,
      attempt: row.attempts + 1,
      data: row.data,
      putAt: row.putAt,
      delayed: row.delayed,
    });
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
    if (result.outcome === "interrupted") {
      this.#giveBack(delivery);
      return;
    }
    if (result.outcome === "down" && !this.#hasTroubleOfItsOwn(delivery)) {
      this.#wentDown(delivery, result, now);
      return;
    }
    this.#downAt.delete(delivery.place);
    if (result.outcome !== "down") {
      this.#answeredAt = now;
      if (this.#circuit.answered()) this.#mustSave = "now";
      this.#circuit.forgetLimitAbove(this.#concurrency);
    }
    if (result.outcome === "delivered" || result.outcome === "rejected") {
      this.outcomes.push(outcomeOf(delivery, result));
      if (result.outcome === "delivered") this.#works();
      this.#inHand.letNextGo(delivery);
      return;
    }
    this.#fails(result, now);
    const retryInS = this.#parts.retryAfterSeconds[delivery.attempt - 1];
    if (retryInS === undefined) {
      this.outcomes.push({ ...outcomeOf(delivery, result), outcome: "rejected" });
      this.#inHand.letNextGo(delivery);
      return;
    }
    this.outcomes.push({
      ...outcomeOf(delivery, result),
      outcome: "failed",
      retry_in_s: withJitter(retryInS),
    });
    for (const later of this.#inHand.dropBehind(delivery.key)) this.#forgot(later.place, later.delayed);
    if (delivery.key !== null) this.#failedKeys.add(delivery.key);
  }

  /** It finds the destination down each time, while others get through: that is no outage, and must come to an end. */
  #hasTroubleOfItsOwn({ place }: WaitingDelivery): boolean {
    const downAt = this.#downAt.get(place);
    return downAt !== undefined && this.#answeredAt > downAt;
  }

  #wentDown(delivery: WaitingDelivery, result: AttemptResult & { outcome: "down" }, now: number): void {
    this.outcomes.push(outcomeOf(delivery, result));
    this.#fails(result, now);
    if (this.#downAt.size >= MOST_DOWNS_REMEMBERED) this.#downAt.clear();
    this.#downAt.set(delivery.place, now);
    if (this.#circuit.wentDown(now, result.retryAfterS)) this.#mustSave = "now";
    if (this.#circuit.isOpen) {
      this.#giveBack(delivery);
      this.#forgetIdle();
    } else {
      this.#inHand.putBack(delivery);
    }
  }

  #works(): void {
    if (this.#failingSince === undefined) return;
    this.#failingSince = undefined;
    this.#error = undefined;
    if (this.#mustSave === "no") this.#mustSave = "soon";
  }

  #fails({ code, error }: { code: string; error: string }, now: number): void {
    this.#error = { code, error };
    if (this.#failingSince !== undefined) return;
    this.#failingSince = now;
    if (this.#mustSave === "no") this.#mustSave = "soon";
  }

  /** One that was under way stays where it is, and all behind it. */
  #giveBack(delivery: WaitingDelivery): void {
    for (const later of this.#inHand.dropBehind(delivery.key)) this.#forgot(later.place, later.delayed);
    this.#inHand.drop(delivery);
    this.#forgot(delivery.place, delivery.delayed);
  }

  #forgetIdle(): void {
    for (const { place, delayed } of this.#inHand.dropIdle()) this.#forgot(place, delayed);
  }

  /** To be received again. */
  #forgot(place: number, delayed: boolean): void {
    if (delayed) this.#nextDueAt = Number.NEGATIVE_INFINITY;
    else this.noteNews(place);
  }
}

function outcomeOf(
  delivery: WaitingDelivery,
  result: Exclude<AttemptResult, { outcome: "interrupted" }>,
): Outcome {
  const { code, error } = result.outcome === "delivered" ? {} : result;
  return {
    destination_id: delivery.destinationId,
    id: delivery.place,
    event_id: delivery.eventId,
    event_name: delivery.eventName,
    key: delivery.key,
    attempt: delivery.attempt,
    delayed: delivery.delayed,
    started_at: result.startedAt,
    duration_ms: result.durationMs,
    outcome: result.outcome,
    ...result.receipt,
    ...(code === undefined ? {} : { code }),
    ...(error === undefined ? {} : { error }),
  };
}

/** Deliveries that failed together do not come back together. */
function withJitter(seconds: number): number {
  return seconds * (0.9 + 0.2 * Math.random());
}
