import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { doUpkeep, type UpkeepRuntime } from "../../../src/broker/define-upkeep.ts";
import { createLog } from "../../../src/log.ts";

const TAKES_MS = 60;

it("work that takes longer than it rests takes a quarter of the time at most", async () => {
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
  const rests = began.slice(1).map((at, n) => at - ended[n]!);
  // Timers may be a millisecond early.
  for (const rest of rests) expect(rest).toBeGreaterThanOrEqual(3 * TAKES_MS - 2);
});
