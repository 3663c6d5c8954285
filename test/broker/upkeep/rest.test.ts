import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { doUpkeep, restAfter, type UpkeepRuntime } from "../../../src/broker/define-upkeep.ts";
import { createLog } from "../../../src/log.ts";

const TAKES_MS = 60;

it("work that takes long takes a sixth of the time at most", async () => {
  const stopping = new AbortController();
  const runtime: UpkeepRuntime = {
    signal: stopping.signal,
    log: createLog("silent"),
    withClient: () => Promise.reject(new Error("nothing needs a client")),
  };
  const began: number[] = [];
  const ended: number[] = [];
  const run = async () => {
    began.push(performance.now());
    await sleep(TAKES_MS);
    ended.push(performance.now());
    if (ended.length === 3) stopping.abort();
  };
  // Each call ends with the minute.
  while (!stopping.signal.aborted) await doUpkeep({ everySeconds: TAKES_MS / 1000 / 10, run }, runtime);
  for (const [n, end] of ended.slice(0, -1).entries()) {
    const worked = end - began[n]!;
    // Timers count whole milliseconds, and may be one early.
    expect(began[n + 1]! - end).toBeGreaterThanOrEqual(5 * worked - 3);
  }
});

it("no rest is longer than five seconds, however long the work takes, unless it is to be done less often", () => {
  expect(restAfter(3000, 1000)).toBe(5000);
  expect(restAfter(60_000, 1000)).toBe(5000);
  expect(restAfter(60_000, 30_000)).toBe(30_000);
});
