import { ApiError } from "./errors.ts";

type Options = { places: number; queue: number; waitMs: number };

/** Lets so many in at once, has so many more wait for so long, and refuses the rest: a queue without bounds helps nobody. */
export class Gate {
  readonly #options: Options;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Runs `work` inside. BUSY if no place becomes free in time. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  async enter(): Promise<void> {
    if (this.#inside < this.#options.places) {
      this.#inside++;
      return;
    }
    if (this.#waiting.size >= this.#options.queue) throw busy();
    await new Promise<void>((resolve, reject) => {
      const admit = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(admit);
        reject(busy());
      }, this.#options.waitMs);
      this.#waiting.add(admit);
    });
  }

  /** The place goes to whoever has waited longest. */
  leave(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next();
    } else {
      this.#inside--;
    }
  }
}

/** Nothing has been done: asking again is safe. */
export function busy(message = "too many requests at once; try again", cause?: unknown): ApiError {
  return new ApiError("BUSY", message, { cause });
}
