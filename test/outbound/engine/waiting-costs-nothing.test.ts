import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { receiver } from "./receiver.ts";
import { useEngine } from "./use-engine.ts";

const engine = useEngine();

it("a destination with a rate that recovers one delivery at a time is waited for, not spun for", async () => {
  let busy: number | undefined;
  const slow = await receiver(async ({ data }) => {
    if (data.n !== 1) return 200;
    const before = performance.eventLoopUtilization();
    await setTimeout(1000);
    busy = performance.eventLoopUtilization(before).utilization;
    return 200;
  });
  const destination = await engine.destination({ url: slow.url, concurrency: 10, rate: 1000 });
  await engine.pool.query(
    "update outbound.destinations set circuit_opened_at = now(), probe_at = now(), probes = 0 where id = $1",
    [destination],
  );
  await engine.put(20);
  await engine.work();
  await engine.untilDelivered();
  expect(busy).toBeLessThan(0.5);
});
