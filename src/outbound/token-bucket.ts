/** Lets so many a second pass, and up to a second's worth at once after a pause. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #tokens = 1;
  #filledAt: number;

  /** Begins with one token, not full: a destination that changes hands must not get two bursts. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#capacity = Math.max(1, perSecond);
    this.#filledAt = now;
  }

  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** When there will be a token. */
  nextAt(now: number): number {
    this.#fill(now);
    return this.#tokens >= 1 ? now : now + ((1 - this.#tokens) / this.#perSecond) * 1000;
  }

  #fill(now: number): void {
    const seconds = Math.max(0, now - this.#filledAt) / 1000;
    this.#tokens = Math.min(this.#capacity, this.#tokens + seconds * this.#perSecond);
    this.#filledAt = now;
  }
}
