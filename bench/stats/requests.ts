import type { Figure } from "../lib/part.ts";
import { median } from "../lib/statistics.ts";
import { percentiles, perSecond } from "../lib/words.ts";
import type { StatsPart } from "./lib/data.ts";
import { flushAll } from "./lib/flushing.ts";
import { ask } from "./lib/graphql.ts";
import { SMALL_REPORTS, windowsOf } from "./lib/reports.ts";
import { withServer } from "./lib/serving.ts";

const CLIENTS = 16;
const ROUNDS = 3;
const PER_SECOND = 1000;

/** How many small reports one server process answers; it shares the machine with the database and the clients. */
export const requests: StatsPart = {
  name: "requests",
  async run({ data, quick, progress }) {
    await flushAll(data.pool);
    const windows = await windowsOf(data, 1, 30);
    const requests = quick ? 2000 : 20_000;
    return withServer(data, async (endpoint) => {
      const figures: Figure[] = [];
      for (const [what, reportOf] of Object.entries(SMALL_REPORTS)) {
        const report = await reportOf(data);
        const query = (n: number) => report(windows[n % windows.length]!);
        await ask(endpoint, { clients: CLIENTS, requests: 500, query });
        const rates: number[] = [];
        const all: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const { perSecond: rate, ms } = await ask(endpoint, { clients: CLIENTS, requests, query });
          rates.push(rate);
          all.push(...ms);
        }
        progress(`${what}: ${rates.map((rate) => Math.round(rate)).join(", ")}/s`);
        const rate = median(rates);
        figures.push({
          what: `${what}, ${CLIENTS} connections`,
          measured: `${perSecond(rate, "requests")} (${percentiles(all)})`,
          required: `${PER_SECOND} or more`,
          met: rate >= PER_SECOND,
        });
      }
      return figures;
    });
  },
};
