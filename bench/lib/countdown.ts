import { now } from "./clock.ts";

/** Counts handled messages; `rate` resolves with messages per second from the first to the last of `total`. */
export function countdown(total: number): { handled: () => void; rate: Promise<number> } {
  const { promise, resolve } = Promise.withResolvers<number>();
  let count = 0;
  let firstAt = 0;
  return {
    rate: promise,
    handled() {
      if (count++ === 0) firstAt = now();
      if (count === total) resolve(total / ((now() - firstAt) / 1000));
    },
  };
}
