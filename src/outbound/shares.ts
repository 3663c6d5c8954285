import type { Membership } from "./dispatch-session.ts";

/** Which destinations are this dispatcher's: what it should hold, and what others have not left yet. */
export class Shares {
  #membership: Membership = { dispatchers: 0, rank: 0, paused: true };
  /** Of all that are enabled. */
  #revisions: ReadonlyMap<number, number> = new Map();
  /** Ours, perhaps with something to deliver, and not held yet. */
  readonly #wanted = new Set<number>();
  /** Ours, but held by another dispatcher still: asked for again at the next balance. */
  readonly #elsewhere = new Set<number>();

  /** What is ours now, and might not have been before, is wanted. */
  balance(membership: Membership, revisions: ReadonlyMap<number, number>): void {
    const { dispatchers, rank, paused } = this.#membership;
    const isRegrouped =
      membership.dispatchers !== dispatchers || membership.rank !== rank || membership.paused !== paused;
    const before = this.#revisions;
    this.#membership = membership;
    this.#revisions = revisions;
    for (const [id, revision] of revisions) {
      if (isRegrouped || before.get(id) !== revision) this.want(id);
    }
    for (const id of this.#elsewhere) this.want(id);
    this.#elsewhere.clear();
    for (const id of this.#wanted) if (!this.#isOurs(id)) this.#wanted.delete(id);
  }

  /** There is something to deliver, or was when it was left: it is held, if it is ours. */
  want(id: number): void {
    if (this.#isOurs(id)) this.#wanted.add(id);
  }

  /** What to hold next, so many at most. */
  wanted(most: number, isHeld: (id: number) => boolean): number[] {
    for (const id of this.#wanted) if (isHeld(id)) this.#wanted.delete(id);
    return [...this.#wanted].slice(0, most);
  }

  /** Of those that were wanted these are held now, the others elsewhere. */
  noteHeld(wanted: readonly number[], held: readonly number[]): void {
    for (const id of wanted) {
      this.#wanted.delete(id);
      if (!held.includes(id)) this.#elsewhere.add(id);
    }
  }

  /** Neither changed, disabled or deleted, nor another dispatcher's. */
  isStillOurs(id: number, revision: number): boolean {
    return this.#isOurs(id) && this.#revisions.get(id) === revision;
  }

  /** There may be destinations to hold. */
  get isUnmet(): boolean {
    return this.#wanted.size + this.#elsewhere.size > 0;
  }

  get isNobodyEnabled(): boolean {
    return this.#revisions.size === 0;
  }

  #isOurs(id: number): boolean {
    const { dispatchers, rank, paused } = this.#membership;
    return !paused && id % dispatchers === rank && this.#revisions.has(id);
  }
}
