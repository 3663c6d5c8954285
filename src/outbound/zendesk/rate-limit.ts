import { DestinationDown } from "../destination-down.ts";
import type { HttpAnswer } from "../http/answer.ts";

/** What is left of a minute's calls, as the last answer said. */
export interface RateLimit {
  readonly usedShare: number;
  /** When calls are counted anew, by the adapter's clock. */
  readonly resetAt: number;
}

const WINDOW_S = 60;

export function rateLimitOf({ headers }: HttpAnswer, now: number): RateLimit | undefined {
  const number = (name: string) => Number.parseInt(String(headers[name] ?? ""), 10);
  const limit = number("x-rate-limit");
  const remaining = number("x-rate-limit-remaining");
  if (!(limit > 0) || Number.isNaN(remaining)) return undefined;
  const seconds = number("ratelimit-reset");
  const resetAt = now + (Number.isNaN(seconds) ? WINDOW_S : seconds) * 1000;
  return { usedShare: 1 - remaining / limit, resetAt };
}

/** The last calls of a minute are left to others: 429 would hit them too. */
export function assertWithin(limit: RateLimit | undefined, share: number, now: number): void {
  if (!limit || limit.usedShare < share) return;
  const retryAfterSeconds = Math.ceil((limit.resetAt - now) / 1000);
  if (retryAfterSeconds <= 0) return;
  throw new DestinationDown(
    "PA092",
    `${Math.round(limit.usedShare * 100)} % of this minute's calls are used up`,
    {
      retryAfterSeconds,
    },
  );
}
