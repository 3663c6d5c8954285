import type { Wish } from "./dispatch-session.ts";
import type { InHand } from "./in-hand.ts";
import type { DeliveryRow } from "./waiting-delivery.ts";

/** How far a destination has received its deliveries, and what it has to receive next. */
export class Reception {
  /** Everything up to this place has been received. */
  #cursor = 0;
  /** Places above this one are to be received once more, by the next wish: what is on its way now moves the cursor on. */
  #rewindTo = Number.POSITIVE_INFINITY;
  #mayHaveMore = true;
  #nextDueAt = Number.NEGATIVE_INFINITY;

  /** There are deliveries from this place on. */
  noteNews(place: number): void {
    this.#rewindTo = Math.min(this.#rewindTo, place - 1);
  }

  /** The next retry is so far away. */
  noteDueIn(seconds: number, now: number): void {
    this.#nextDueAt = Math.min(this.#nextDueAt, now + seconds * 1000);
  }

  /** There may be retries, or what was let go behind one. */
  noteDue(): void {
    this.#nextDueAt = Number.NEGATIVE_INFINITY;
  }

  /** To be received again. */
  forgot({ place, delayed }: { place: number; delayed: boolean }): void {
    if (delayed) this.noteDue();
    else this.noteNews(place);
  }

  get hasMore(): boolean {
    return this.#mayHaveMore || this.#rewindTo !== Number.POSITIVE_INFINITY;
  }

  /** Infinity: no retry waits, as far as is known. */
  get nextDueAt(): number {
    return this.#nextDueAt;
  }

  isWanted(now: number): boolean {
    return this.hasMore || this.#nextDueAt <= now;
  }

  /** What to receive next, so many at the most, besides what is in hand. */
  wish(destinationId: number, most: number, inHand: InHand, now: number): Wish {
    const due = this.#nextDueAt <= now;
    this.#cursor = Math.min(this.#cursor, this.#rewindTo);
    this.#rewindTo = Number.POSITIVE_INFINITY;
    if (due) this.#nextDueAt = Number.POSITIVE_INFINITY;
    return {
      destinationId,
      after: this.#cursor,
      most,
      due,
      inHand: inHand.places((delivery) => (delivery.delayed ? due : delivery.place > this.#cursor)),
    };
  }

  /** That wish brought these. */
  received(rows: DeliveryRow[], { most, due }: Wish): void {
    const fresh = rows.filter(({ delayed }) => !delayed);
    this.#cursor = Math.max(this.#cursor, ...fresh.map(({ id }) => id));
    this.#mayHaveMore = fresh.length === most;
    if (due && rows.length - fresh.length === most) this.noteDue();
  }
}
