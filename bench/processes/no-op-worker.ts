import { runAsChild } from "../lib/child.ts";
import { now } from "../lib/clock.ts";
import { startSixConsumers } from "../lib/six-consumers.ts";
import { addSample, type Samples } from "../lib/statistics.ts";

/** Six consumers that do nothing but look at the clock: `SentAt` in the document says when the put began. */
export type WorkerReport = { deliveries: Samples; otherDeliveries: number };

await runAsChild(async ({ url }: { url: string }) => {
  const report: WorkerReport = { deliveries: { at: [], ms: [] }, otherDeliveries: 0 };
  const stop = await startSixConsumers(url, async (_queue, event) => {
    const { SentAt } = event.data as { SentAt?: number };
    if (SentAt === undefined) report.otherDeliveries++;
    else addSample(report.deliveries, SentAt, now() - SentAt);
  });
  return async () => {
    await stop();
    return report;
  };
});
