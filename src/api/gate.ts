import { ApiError } from "./errors.ts";

/** `each`: how many places one account may have, so that one that floods leaves some to the others. */
type Options = { places: number; each: number; queue: number; waitMs: number };

/** Undefined: a token of all accounts. */
type Account = number | undefined;

type Waiter = { account: Account; admit: () => void; refuse: () => void };

/**
 * Lets so many in at once, has so many more wait for so long, and refuses the rest: a queue without bounds helps nobody. A place
 * goes to the account that has the fewest; where the queue is full, whoever crowds it gives way.
 */
export class Gate {
  readonly #options: Options;
  /** In the order in which they came. */
  readonly #waiting: Waiter[] = [];
  readonly #inside = new Map<Account, number>();

  constructor(options: Options) {
    this.#options = options;
  }

  get inside(): number {
    return [...this.#inside.values()].reduce((sum, places) => sum + places, 0);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs `work` inside. BUSY if no place becomes free in time. */
  async run<Result>(account: Account, work: () => Promise<Result>): Promise<Result> {
    await this.enter(account);
    try {
      return await work();
    } finally {
      this.leave(account);
    }
  }

  async enter(account: Account): Promise<void> {
    if (this.inside < this.#options.places && this.#mayEnter(account)) {
      this.#take(account);
      return;
    }
    if (this.#waiting.length >= this.#options.queue) this.#giveWay(account);
    await new Promise<void>((resolve, reject) => {
      const refuse = () => {
        clearTimeout(timer);
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(busy());
      };
      const admit = () => {
        clearTimeout(timer);
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        this.#take(account);
        resolve();
      };
      const timer = setTimeout(refuse, this.#options.waitMs);
      const waiter = { account, admit, refuse };
      this.#waiting.push(waiter);
    });
  }

  /** The place goes to whoever has waited longest, of the accounts that have the fewest. */
  leave(account: Account): void {
    const places = this.#placesOf(account) - 1;
    if (places > 0) this.#inside.set(account, places);
    else this.#inside.delete(account);

    let next: Waiter | undefined;
    for (const waiter of this.#waiting) {
      if (!this.#mayEnter(waiter.account)) continue;
      if (!next || this.#placesOf(waiter.account) < this.#placesOf(next.account)) next = waiter;
    }
    next?.admit();
  }

  /** The account with most waiting loses the last of them. BUSY if that is this one. */
  #giveWay(account: Account): void {
    const queues = Map.groupBy(this.#waiting, (waiter) => waiter.account);
    const longest = [...queues.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
    if (longest.length <= (queues.get(account)?.length ?? 0) + 1) throw busy();
    longest.at(-1)!.refuse();
  }

  #mayEnter(account: Account): boolean {
    return this.#placesOf(account) < this.#options.each;
  }

  #placesOf(account: Account): number {
    return this.#inside.get(account) ?? 0;
  }

  #take(account: Account): void {
    this.#inside.set(account, this.#placesOf(account) + 1);
  }
}

/** Nothing has been done: asking again is safe. */
export function busy(message = "too many requests at once; try again", cause?: unknown): ApiError {
  return new ApiError("BUSY", message, { cause });
}
