const MOST_REMEMBERED = 1_000;

/**
 * Tells deliveries that find their destination down each time, while others get through: that is no outage, and must come to an end.
 */
export class OwnTrouble {
  /** When a delivery found the destination down; by place. */
  readonly #downAt = new Map<number, number>();
  #answeredAt = Number.NEGATIVE_INFINITY;

  /** The destination answered to some delivery. */
  noteAnswer(now: number): void {
    this.#answeredAt = now;
  }

  noteDown(place: number, now: number): void {
    if (this.#downAt.size >= MOST_REMEMBERED) this.#downAt.clear();
    this.#downAt.set(place, now);
  }

  /** Whether others got through since this one found the destination down. */
  isOf(place: number): boolean {
    const downAt = this.#downAt.get(place);
    return downAt !== undefined && this.#answeredAt > downAt;
  }

  forget(place: number): void {
    this.#downAt.delete(place);
  }
}
