import { connect } from "../src/db/connect.ts";
import type { Bench, Part } from "./lib/part.ts";
import type { Database } from "./lib/server.ts";
import { median, within } from "./lib/statistics.ts";
import { steadyLoad } from "./lib/steady-load.ts";
import { milliseconds, percentiles, perSecond } from "./lib/words.ts";

const PER_SECOND = 500;

/** What becomes of latency and throughput while a session holds a snapshot, as a backup or a long report does. */
export const heldSnapshot: Part = {
  name: "held-snapshot",
  async run(bench) {
    const minutes = bench.quick ? 1 : 5;
    const free = await lastMinute(bench, "without a held snapshot", minutes);
    const held = await lastMinute(bench, "with a held snapshot", minutes, holdSnapshot);
    const what = `last minute of ${minutes} at ${PER_SECOND} events/s to six queues, a snapshot held all along`;
    const ratioOfP50 = held.p50 / free.p50;
    const ratioOfRate = held.rate / free.rate;
    return [
      {
        what: `${what}: p50`,
        measured: milliseconds(held.p50),
        yardstick: `no snapshot held: ${milliseconds(free.p50)}`,
        ratio: ratioOfP50,
        required: "1.05 or less",
        met: ratioOfP50 <= 1.05,
      },
      {
        what: `${what}: throughput`,
        measured: perSecond(held.rate, "deliveries"),
        yardstick: `no snapshot held: ${perSecond(free.rate, "deliveries")}`,
        ratio: ratioOfRate,
        required: "0.95 or more",
        met: ratioOfRate >= 0.95,
      },
    ];
  },
};

interface Last {
  p50: number;
  rate: number;
}

type HoldSnapshot = (database: Database) => Promise<() => Promise<void>>;

function lastMinute(
  { server, progress }: Bench,
  what: string,
  minutes: number,
  hold: HoldSnapshot = async () => async () => {},
): Promise<Last> {
  return server.withDatabase(async (database) => {
    const { deliveries, to } = await steadyLoad(database, {
      perSecond: PER_SECOND,
      seconds: minutes * 60,
      beside: () => hold(database),
    });
    const ms = within(deliveries, to - 60_000, to);
    progress(`${what}, last minute: ${percentiles(ms)}`);
    return { p50: median(ms), rate: ms.length / 60 };
  });
}

/** Returns how to let it go. */
const holdSnapshot: HoldSnapshot = async ({ url }) => {
  const session = await connect(url, "parley bench snapshot");
  await session.query("begin isolation level repeatable read");
  await session.query("select count(*) from broker.queues");
  return () => session.end();
};
