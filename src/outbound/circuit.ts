const DOWNS_TO_OPEN = 5;
const FIRST_PROBE_S = 5;
const LAST_PROBE_S = 300;
/** Longer waits that a peer asks for are not believed. */
const LONGEST_WAIT_S = 3600;
const PAUSE_S = 1;
const JITTER = 0.2;

/** How a circuit is, as it is kept in outbound.destinations. */
export interface CircuitState {
  open: boolean;
  probeAt: number;
  /** Probes that failed since it opened. */
  probes: number;
}

/**
 * Keeps a destination that is down from being called. It opens after some failures of the destination in a row; then one delivery
 * probes it now and then. Once the destination answers, the circuit closes and lets one delivery pass at a time, then two, four, and
 * so on: what has been waiting does not arrive at once.
 */
export class Circuit {
  #open: boolean;
  #probeAt: number;
  #probes: number;
  #downsInARow = 0;
  /** Until then nothing is started: the destination failed a moment ago, or asked for it. */
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #limit: number;
  #answersAtLimit = 0;
  readonly #random: () => number;

  constructor(state: CircuitState, random: () => number = Math.random) {
    this.#open = state.open;
    this.#probeAt = state.probeAt;
    this.#probes = state.probes;
    this.#limit = state.open ? 1 : Number.POSITIVE_INFINITY;
    this.#random = random;
  }

  get state(): CircuitState {
    return { open: this.#open, probeAt: this.#probeAt, probes: this.#probes };
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** How many deliveries may be under way now. */
  limit(now: number): number {
    return now < this.startsAt ? 0 : this.#limit;
  }

  /** Nothing may be started before. */
  get startsAt(): number {
    return this.#open ? this.#probeAt : this.#pausedUntil;
  }

  /** The destination answered, with whatever it says about this delivery. Returns whether that closed the circuit. */
  answered(): boolean {
    const closes = this.#open;
    this.#open = false;
    this.#probes = 0;
    this.#downsInARow = 0;
    if (closes) {
      this.#limit = 1;
      this.#answersAtLimit = 0;
    } else if (this.#limit !== Number.POSITIVE_INFINITY && ++this.#answersAtLimit >= this.#limit) {
      this.#limit *= 2;
      this.#answersAtLimit = 0;
    }
    return closes;
  }

  /** As many as the destination takes at most are on their way without harm: the circuit need not hold back any more. */
  forgetLimitAbove(concurrency: number): void {
    if (this.#limit >= concurrency) this.#limit = Number.POSITIVE_INFINITY;
  }

  /** The destination as a whole failed. Returns whether that opened the circuit, or was a probe of the open one. */
  wentDown(now: number, retryAfterS = 0): boolean {
    const asked = Math.min(retryAfterS, LONGEST_WAIT_S);
    this.#downsInARow++;
    if (this.#open) {
      // Of those that were under way together when it opened, only the first counts.
      if (now < this.#probeAt) return false;
      this.#probes++;
    } else if (this.#downsInARow < DOWNS_TO_OPEN) {
      this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.max(PAUSE_S, asked) * 1000);
      return false;
    }
    this.#open = true;
    this.#limit = 1;
    const backoff = Math.min(FIRST_PROBE_S * 2 ** Math.min(this.#probes, 20), LAST_PROBE_S);
    const jitter = 1 - JITTER + 2 * JITTER * this.#random();
    this.#probeAt = now + Math.max(backoff * jitter, asked) * 1000;
    return true;
  }
}
