import type { Part } from "./lib/part.ts";
import { quantile, within } from "./lib/statistics.ts";
import { steadyLoad } from "./lib/steady-load.ts";
import { percentiles } from "./lib/words.ts";

const PER_SECOND = 500;

/** From the moment a put begins to the end of its handlers, at a steady rate. */
export const latency: Part = {
  name: "latency",
  run: ({ server, quick }) =>
    server.withDatabase(async (database) => {
      const run = await steadyLoad(database, { perSecond: PER_SECOND, seconds: quick ? 15 : 60 });
      const delivered = within(run.deliveries, run.from, run.to);
      return [
        {
          what: `put to handled at ${PER_SECOND} events/s to six queues`,
          measured: percentiles(delivered),
          yardstick: `the put alone: ${percentiles(within(run.puts, run.from, run.to))}`,
          required: "p50 5 ms, p99 25 ms",
          met: quantile(delivered, 0.5) <= 5 && quantile(delivered, 0.99) <= 25,
        },
      ];
    }),
};
