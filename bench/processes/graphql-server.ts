import Fastify from "fastify";
import { createApi } from "../../src/api/api.ts";
import { graphqlRoutes } from "../../src/api/routes.ts";
import { createLog } from "../../src/log.ts";
import { runAsChild } from "../lib/child.ts";
import { now } from "../lib/clock.ts";

interface Options {
  url: string;
  secret: string;
}

export interface ServerAbout {
  url: string;
}

/** Resident memory, ten times a second. */
export interface ServerReport {
  at: number[];
  rss: number[];
}

const SAMPLE_MS = 100;

await runAsChild<Options>(async ({ url, secret }, tell) => {
  const log = createLog("error");
  const api = createApi({ url, log, keys: { secret } });
  const app = Fastify({ loggerInstance: log });
  app.register(graphqlRoutes, { api });
  tell({ url: `${await app.listen({ host: "127.0.0.1", port: 0 })}/graphql` } satisfies ServerAbout);
  const report: ServerReport = { at: [], rss: [] };
  const sampling = setInterval(() => {
    report.at.push(now());
    report.rss.push(process.memoryUsage.rss());
  }, SAMPLE_MS);
  return async () => {
    clearInterval(sampling);
    await app.close();
    await api.stop();
    return report;
  };
});
