import { setTimeout as sleep } from "node:timers/promises";
import { now } from "../lib/clock.ts";
import { httpLoop } from "../lib/http-loop.ts";
import { quantile } from "../lib/statistics.ts";
import { count, milliseconds, perSecond } from "../lib/words.ts";
import { BAD_QUERIES } from "./lib/bad-queries.ts";
import type { StatsPart } from "./lib/data.ts";
import { ask, type Endpoint } from "./lib/graphql.ts";
import { withServer } from "./lib/serving.ts";

const CLIENTS = 32;
/** What a container for it would be given. */
const MOST_MB = 512;

/** The memory of a server process that is flooded with bad queries, and how others fare meanwhile. */
export const flood: StatsPart = {
  name: "flood",
  async run({ data, quick }) {
    const requests = quick ? 3000 : 20_000;
    return withServer(data, async (endpoint, server) => {
      await ask(endpoint, { clients: 1, requests: 100, query: () => ({ query: "{ __typename }" }) });
      const startedAt = now();
      const good = askBeside(endpoint);
      const first = await sendBad(endpoint, 0, requests / 2);
      const halfAt = now();
      const second = await sendBad(endpoint, requests / 2, requests);
      const endedAt = now();
      const ms = await good.stop();
      const { at, rss } = await server.finish();
      const most = (from: number, to: number) =>
        Math.max(...rss.filter((_, n) => at[n]! >= from && at[n]! < to)) / 1024 ** 2;
      const peak = most(startedAt, endedAt);
      return [
        {
          what: `${count(requests)} bad queries of ${Object.keys(BAD_QUERIES).length} kinds, ${CLIENTS} connections: memory of the server`,
          measured: `${count(most(0, startedAt))} MB before, at most ${count(most(startedAt, halfAt))} MB in the first half, ${count(most(halfAt, endedAt))} MB in the second`,
          required: `at most ${MOST_MB} MB`,
          met: peak <= MOST_MB,
        },
        {
          what: "the bad queries",
          measured: `${perSecond((requests / (endedAt - startedAt)) * 1000, "requests")} answered; ${describe([...first, ...second])}`,
        },
        {
          what: "good queries beside them, ten a second",
          measured: `p50 ${milliseconds(quantile(ms, 0.5))}, p99 ${milliseconds(quantile(ms, 0.99))}`,
        },
      ];
    });
  },
};

/** Returns the status of each answer. */
async function sendBad({ url, token }: Endpoint, from: number, to: number): Promise<number[]> {
  const kinds = Object.values(BAD_QUERIES);
  const statuses: number[] = [];
  await httpLoop(
    {
      url,
      clients: CLIENTS,
      requests: to - from,
      request(n) {
        const { body, token: other = token } = kinds[n % kinds.length]!(from + n);
        return { body, headers: { authorization: `Bearer ${other}` } };
      },
    },
    ({ status }) => {
      statuses.push(status);
    },
  );
  return statuses;
}

function askBeside(endpoint: Endpoint) {
  const all: number[] = [];
  const stopping = new AbortController();
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      const { ms } = await ask(endpoint, {
        clients: 1,
        requests: 1,
        query: () => ({ query: "{ __typename }" }),
      });
      all.push(...ms);
      await sleep(100, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  // Said again by whoever stops it.
  asking.catch(() => {});
  return {
    async stop() {
      stopping.abort();
      await asking;
      return all;
    },
  };
}

function describe(statuses: number[]): string {
  const counts = Map.groupBy(statuses, (status) => status);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, { length }]) => `${status === 0 ? "cut off" : status}: ${count(length)}`)
    .join(", ");
}
