import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type pg from "pg";
import type { Metrics } from "./metrics.ts";
import { within } from "./within.ts";

const PROBE_TIMEOUT_MS = 2000;

/** Whether this process can do its work, and if not, why. */
export type Readiness = { ready: true } | { ready: false; reason: string };

export interface HttpOptions {
  pool: pg.Pool;
  metrics: Metrics;
  log: FastifyBaseLogger;
  /** What this process needs beyond a database that answers: schema up to date, worker running. */
  isReady: () => Readiness | Promise<Readiness>;
}

/** The HTTP side of operations: probes, metrics and a page that says where they are. Does not listen. */
export function buildHttp({ pool, metrics, log, isReady }: HttpOptions): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    // Probes come every few seconds; what fails is logged below.
    logController: new LogController({ disableRequestLogging: true }),
  });

  app.get("/healthz", async () => ({ status: "ok" }));

  app.get("/readyz", async (_request, reply) => {
    const readiness = await askReadiness(pool, isReady);
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });

  app.get("/metrics", async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });

  app.get("/", async (_request, reply) => reply.type("text/plain; charset=utf-8").send(PAGE));

  app.setNotFoundHandler(async (request, reply) => {
    return reply
      .code(404)
      .send({ error: { message: `there is no ${request.method} ${pathOf(request.url)}` } });
  });

  app.setErrorHandler(async (error: { statusCode?: number; message: string }, request, reply) => {
    const status = error.statusCode ?? 500;
    // What went wrong inside is for the log, not for whoever asked.
    if (status >= 500) request.log.error({ err: error }, "request failed");
    const message = status >= 500 ? "internal error" : error.message;
    return reply.code(status).send({ error: { message } });
  });

  return app;
}

async function askReadiness(pool: pg.Pool, isReady: HttpOptions["isReady"]): Promise<Readiness> {
  try {
    await within(PROBE_TIMEOUT_MS, pool.query("select"));
  } catch {
    return { ready: false, reason: "the database does not answer" };
  }
  try {
    return await within(PROBE_TIMEOUT_MS, Promise.resolve(isReady()));
  } catch {
    return { ready: false, reason: "the state of this process could not be found out in time" };
  }
}

/** Query strings may hold what must not be repeated. */
function pathOf(url: string): string {
  return url.split("?", 1)[0]!;
}

const PAGE = `Parley: an event broker and chat data platform on PostgreSQL.

  /healthz   this process is alive
  /readyz    it can work: database, schema, worker
  /metrics   for Prometheus

On the command line: ./parley queues, ./parley errors, ./parley doctor, ./parley --help
`;
