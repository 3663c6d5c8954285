import type { Figure } from "../lib/part.ts";
import { quantile } from "../lib/statistics.ts";
import { count, percentiles } from "../lib/words.ts";
import type { StatsPart } from "./lib/data.ts";
import { flushAll } from "./lib/flushing.ts";
import { ask, askOnce } from "./lib/graphql.ts";
import { AGENT_DAYS, REPORTS, windowsOf } from "./lib/reports.ts";
import { withServer } from "./lib/serving.ts";

const WINDOWS = 30;
/** Milliseconds. */
const REQUIRED = { month: { p50: 15, p99: 50 }, year: { p50: Number.POSITIVE_INFINITY, p99: 100 } };

/** How long an analyst waits for each report of a dashboard, who asks for one after the other. */
export const reports: StatsPart = {
  name: "reports",
  async run({ data, quick, progress }) {
    await flushAll(data.pool);
    const days30 = await windowsOf(data, 30, WINDOWS);
    const days365 = await windowsOf(data, 365, WINDOWS);
    const requests = quick ? 60 : 300;
    return withServer(data, async (endpoint) => {
      const figures: Figure[] = [];
      for (const [name, report] of [
        ...Object.entries(REPORTS),
        ["report by agent and day", AGENT_DAYS] as const,
      ]) {
        const isYear = report === AGENT_DAYS;
        const windows = isYear ? days365 : days30;
        const query = (n: number) => report(windows[n % windows.length]!);
        const rows = countRows(await askOnce(endpoint, query(0)));
        // The first ones are planned, and read from disk.
        await ask(endpoint, { clients: 1, requests: WINDOWS, query });
        const { ms } = await ask(endpoint, { clients: 1, requests, query });
        progress(`${name}: ${percentiles(ms)}`);
        const { p50, p99 } = REQUIRED[isYear ? "year" : "month"];
        figures.push({
          what: `${name}, ${isYear ? "a year" : "30 days"} of the largest account (${count(rows)} rows)`,
          measured: percentiles(ms),
          required: `${isYear ? "" : `p50 ${p50} ms, `}p99 ${p99} ms`,
          met: quantile(ms, 0.5) <= p50 && quantile(ms, 0.99) <= p99,
        });
      }
      return figures;
    });
  },
};

/** An answer without any row would only be quick. */
function countRows(data: Record<string, { nodes: unknown[] }>): number {
  const rows = Object.values(data).reduce((sum, { nodes }) => sum + nodes.length, 0);
  if (rows === 0) throw new Error("the report is empty");
  return rows;
}
