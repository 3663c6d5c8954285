import type { Figure } from "../lib/part.ts";
import { count, percentiles } from "../lib/words.ts";
import type { StatsPart } from "./lib/data.ts";
import { flushAll } from "./lib/flushing.ts";
import { ask, type Endpoint, type Query, Refused } from "./lib/graphql.ts";
import { REPORTS, windowsOf } from "./lib/reports.ts";
import { withServer } from "./lib/serving.ts";
import { makeStale } from "./lib/stale.ts";

const STALE = [0, 100, 1000, 10_000];
const ASKED = ["report by account and day", "report by agent and day", "live board"];
const SECONDS = 20;

/** What readers pay for what is not summed yet: nobody flushes meanwhile. */
export const pending: StatsPart = {
  name: "pending",
  async run({ data, quick, progress }) {
    await flushAll(data.pool);
    const windows = await windowsOf(data, 30, 30);
    return withServer(data, async (endpoint) => {
      const figures: Figure[] = [];
      for (const dialogs of STALE) {
        const stale = dialogs === 0 ? 0 : await makeStale(data.pool, data.largest, dialogs);
        for (const name of ASKED) {
          const query = (n: number) => REPORTS[name]!(windows[n % windows.length]!);
          const measured = await latency(endpoint, query, quick ? 20 : 100);
          progress(`${count(stale)} stale, ${name}: ${measured}`);
          figures.push({
            what: `${name}, 30 days of the largest account, ${count(stale)} dialogs not summed yet`,
            measured,
          });
        }
        await flushAll(data.pool);
      }
      return figures;
    });
  },
};

async function latency(endpoint: Endpoint, query: (n: number) => Query, requests: number): Promise<string> {
  try {
    await ask(endpoint, { clients: 1, requests: 3, query });
    return percentiles((await ask(endpoint, { clients: 1, requests, seconds: SECONDS, query })).ms);
  } catch (error) {
    // The server's own limit of time: a figure, too.
    if (error instanceof Refused)
      return error.message.includes("TIMEOUT") ? "given up by the server" : error.message;
    throw error;
  }
}
