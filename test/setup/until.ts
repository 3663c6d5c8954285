import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_PAUSE_MS = 50;

/** Waits until `holds` is true; fails, saying what it waited for, after the time-out. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 5; !(await holds()); pauseMs = Math.min(pauseMs * 1.2, LONGEST_PAUSE_MS)) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await sleep(pauseMs);
  }
}
