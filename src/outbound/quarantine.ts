/** A delivery that was under way at so many crashes of its worker, alone at all but the first of them, is taken to be their cause. */
export const MOST_CRASHES = 3;

/**
 * Lets one suspect at a time be under way, of all that a process delivers: if the process dies, it was that one, and none is suspected
 * for having been its neighbour.
 */
export class Quarantine {
  #isTaken = false;

  /** Whether it may start now; whoever may, has to leave. */
  enter(): boolean {
    if (this.#isTaken) return false;
    this.#isTaken = true;
    return true;
  }

  leave(): void {
    this.#isTaken = false;
  }
}

/** That of this process. */
export const quarantine = new Quarantine();
