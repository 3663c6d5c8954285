import type { ByteBudget } from "./byte-budget.ts";

/** Enough that the next is there when one ends, few enough that a thousand destinations fit into memory. */
const PER_CONCURRENCY = 6;
const SMALLEST = 32;
const MOST_BYTES = 32 * 1024 * 1024;
/** While it is down: some to choose from, lest one that has trouble of its own be the probe each time. */
const WHILE_PROBING = 8;

/** How many deliveries a destination may have in hand: by its concurrency, and by what their documents take. */
export class Window {
  readonly size: number;
  readonly #budget: ByteBudget;
  /** What a document took lately; undefined: none has come yet. */
  #bytesEach: number | undefined;
  /** Of the budget, for what is on its way. */
  #expected = 0;

  constructor(concurrency: number, budget: ByteBudget) {
    this.size = Math.max(SMALLEST, concurrency * PER_CONCURRENCY);
    this.#budget = budget;
  }

  /** How many more there may be: not one or two at a time. */
  room(inHand: number, isProbing: boolean): number {
    const limit = isProbing ? WHILE_PROBING : this.#limit();
    const room = limit - inHand;
    if (room <= 0 || room < limit / 4) return 0;
    const affordable = Math.floor(this.#budget.left / this.#expectedEach);
    return Math.min(room, Math.max(affordable, inHand === 0 ? 1 : 0));
  }

  /** So many are on their way. */
  expect(count: number): void {
    this.#expected = count * this.#expectedEach;
    this.#budget.take(this.#expected);
  }

  /** They are there, or will not come: their documents took so many bytes. */
  received(bytes: readonly number[]): void {
    this.#budget.give(this.#expected);
    this.#expected = 0;
    if (bytes.length === 0) return;
    const mean = bytes.reduce((sum, one) => sum + one, 0) / bytes.length;
    // Large documents make large ones likely; it takes some small ones to forget them.
    this.#bytesEach = Math.max(mean, (this.#bytesEach ?? 0) / 2);
    this.#budget.note(this.#bytesEach);
  }

  #limit(): number {
    if (this.#bytesEach === undefined) return SMALLEST;
    return Math.max(1, Math.min(this.size, Math.floor(MOST_BYTES / this.#bytesEach)));
  }

  get #expectedEach(): number {
    return Math.max(1, this.#bytesEach ?? this.#budget.typicalBytes);
  }
}
