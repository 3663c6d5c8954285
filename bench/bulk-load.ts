import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../src/db/connect.ts";
import { chatEnded } from "./lib/documents.ts";
import type { Bench, Figure, Part } from "./lib/part.ts";
import { QUEUES } from "./lib/queues.ts";
import type { Database } from "./lib/server.ts";
import { quantile, within } from "./lib/statistics.ts";
import { type SteadyRun, steadyLoad } from "./lib/steady-load.ts";
import { count, percentiles } from "./lib/words.ts";

const PER_SECOND = 200;
const BATCH = 500;
const BATCH_EVERY_MS = 500;

/** One long transaction that puts batches all along, beside normal puts. */
export const bulkLoad: Part = {
  name: "bulk-load",
  async run({ server, quick, progress }) {
    const minutes = quick ? 1 : 10;
    const normal = (seconds: number) =>
      server.withDatabase(async (database) => {
        const run = await steadyLoad(database, { perSecond: PER_SECOND, seconds });
        report(progress, "alone", run);
        return run;
      });

    const before = await normal(quick ? 20 : 60);
    const bulk = { events: 0 };
    const beside = await server.withDatabase(async (database) => {
      const run = await steadyLoad(database, {
        perSecond: PER_SECOND,
        seconds: minutes * 60,
        beside: () => loadInOneTransaction(database, bulk),
      });
      report(progress, "beside the bulk load", run);
      return run;
    });
    const after = await normal(quick ? 20 : 60);

    const title = `${PER_SECOND} single puts/s beside a bulk load of ${minutes} min in one transaction`;
    const missing = bulk.events * QUEUES.length - beside.otherDeliveries;
    return [
      compare(`${title}: put`, beside, [before, after], "puts"),
      compare(`${title}: put to handled`, beside, [before, after], "deliveries"),
      {
        what: "bulk events delivered to six queues after the commit",
        measured: `${count(beside.otherDeliveries)} of ${count(bulk.events * QUEUES.length)}`,
        required: "all, once",
        met: missing === 0,
      },
    ];
  },
};

/** Unaffected: not a millisecond slower, nor a quarter, whichever is more; and never far off. */
function compare(what: string, beside: SteadyRun, alone: SteadyRun[], kind: "puts" | "deliveries"): Figure {
  const with_ = measured(beside, kind);
  const without = alone.flatMap((run) => measured(run, kind));
  const [p50, usual] = [quantile(with_, 0.5), quantile(without, 0.5)];
  return {
    what,
    measured: percentiles(with_),
    yardstick: `before and after it: ${percentiles(without)}`,
    ratio: p50 / usual,
    required: "p50 at most 1 ms or a quarter more, p99 25 ms",
    met: p50 <= Math.max(usual + 1, usual * 1.25) && quantile(with_, 0.99) <= 25,
  };
}

function measured(run: SteadyRun, kind: "puts" | "deliveries"): number[] {
  return within(run[kind], run.from, run.to);
}

function report(progress: Bench["progress"], when: string, run: SteadyRun): void {
  progress(
    `${when}: puts ${percentiles(measured(run, "puts"))}; deliveries ${percentiles(measured(run, "deliveries"))}`,
  );
}

/** Puts a batch every half second, counting the events; returns how to end and commit. */
async function loadInOneTransaction(
  { url }: Database,
  bulk: { events: number },
): Promise<() => Promise<void>> {
  const session = await connect(url, "parley bench bulk load");
  await session.query("begin");
  let ending = false;
  const loading = load();
  return async () => {
    ending = true;
    await loading;
    await session.query("commit");
    await session.end();
  };

  async function load(): Promise<void> {
    while (!ending) {
      await session.query({
        name: "bulk",
        text: `insert into broker.events (name, key, data)
          select 'chat.ended', 'bulk ' || i, $1::jsonb from generate_series(1, $2::int) i`,
        values: [chatEnded(), BATCH],
      });
      bulk.events += BATCH;
      await sleep(BATCH_EVERY_MS);
    }
  }
}
