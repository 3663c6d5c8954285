import { runSuite } from "../lib/suite.ts";
import { exact } from "./exact.ts";
import { flood } from "./flood.ts";
import { flush } from "./flush.ts";
import { hotAgent } from "./hot-agent.ts";
import { withData } from "./lib/data.ts";
import { load } from "./load.ts";
import { pending } from "./pending.ts";
import { reports } from "./reports.ts";
import { requests } from "./requests.ts";
import { writes } from "./writes.ts";

await runSuite({
  name: "bench:stats",
  // Those that only read come first; `exact` looks at what the others have left.
  parts: [load, reports, requests, flood, pending, flush, writes, hotAgent, exact],
  takes: "about an hour",
  usage: [
    "--size N  so much data: 1 is 500,000 dialogs with 5 million messages, the default; 0.02 with --quick",
    "--keep   use the data of the last run with --keep and that size, and leave them (needs BENCH_DATABASE_URL)",
  ],
  options: { size: { type: "string" }, keep: { type: "boolean" } },
  withContext(bench, { size = bench.quick ? "0.02" : "1", keep = false }, use) {
    if (!(Number(size) > 0)) throw new Error("--size must be a number above 0");
    if (keep && !process.env.BENCH_DATABASE_URL) {
      throw new Error("--keep needs a server that stays: BENCH_DATABASE_URL");
    }
    return withData(bench, { size: Number(size), keep: keep === true }, use);
  },
});
