import { randomUUID } from "node:crypto";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type pg from "pg";
import type { Api } from "../api/api.ts";
import { type DevelopmentToken, explorerFiles, explorerPage } from "../api/explorer.ts";
import { exportRoutes } from "../api/export/routes.ts";
import { graphqlRoutes } from "../api/routes.ts";
import type { Sealing } from "../outbound/sealing.ts";
import { createApiMetrics } from "./api-metrics.ts";
import { mailPages } from "./dev/mail-page.ts";
import type { MailSink } from "./dev/mail-sink.ts";
import { webhookInspector } from "./dev/webhook-inspector.ts";
import type { Metrics } from "./metrics.ts";
import { within } from "./within.ts";

const PROBE_TIMEOUT_MS = 2000;

/** For a request to arrive whole. Node's own default would be switched off. */
const ARRIVAL_TIMEOUT_MS = 60_000;

/** Whether this process can do its work, and if not, why. */
export type Readiness = { ready: true } | { ready: false; reason: string };

export interface HttpOptions {
  pool: pg.Pool;
  metrics: Metrics;
  log: FastifyBaseLogger;
  /** What this process needs beyond a database that answers: schema up to date, worker running. */
  isReady: () => Readiness | Promise<Readiness>;
  api?: Api;
  /** Browsers see the explorer at /, with a token if there is one to be given away. */
  explorer?: { token: DevelopmentToken | undefined };
  /** In development: what opens the secrets that received webhooks are verified with. */
  inspector?: { sealing: () => Sealing };
  /** In development: where the mails are that were sent. */
  mailSink?: MailSink | undefined;
}

/** The HTTP side of operations: probes, metrics and a page that says where they are. Does not listen. */
export function buildHttp({
  pool,
  metrics,
  log,
  isReady,
  api,
  explorer,
  inspector,
  mailSink,
}: HttpOptions): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    requestTimeout: ARRIVAL_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    // Probes come every few seconds; what fails is logged below.
    logController: new LogController({ disableRequestLogging: true }),
  });

  // Who is answered while the server stops would otherwise keep its connection, and the server, for a minute.
  let isStopping = false;
  app.addHook("preClose", async () => {
    isStopping = true;
  });
  app.addHook("onSend", async (_request, reply) => {
    if (isStopping) reply.header("connection", "close");
  });

  app.get("/healthz", async () => ({ status: "ok" }));

  app.get("/readyz", async (_request, reply) => {
    const readiness = await askReadiness(pool, isReady);
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });

  app.get("/metrics", async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });

  app.get("/", async (request, reply) => {
    if (!explorer || !request.headers.accept?.includes("text/html")) {
      return reply.type("text/plain; charset=utf-8").send(PAGE);
    }
    return reply
      .headers({ vary: "accept", "cache-control": "no-store" })
      .type("text/html; charset=utf-8")
      .send(await explorerPage(request, explorer.token));
  });

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

  if (explorer) app.register(explorerFiles);
  if (inspector) app.register(webhookInspector, { pool, ...inspector });
  if (mailSink) app.register(mailPages, { sink: mailSink });
  if (api) {
    const counted = createApiMetrics(metrics.registry, api);
    app.register(async (scope) => {
      scope.addHook("onRequest", counted("graphql"));
      await graphqlRoutes(scope, { api });
    });
    app.register(async (scope) => {
      scope.addHook("onRequest", counted("export"));
      await exportRoutes(scope, { api });
    });
  }

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
  /graphql   the API: docs/graphql.md
  /export    the same as CSV: /export/agents.csv

On the command line: ./parley queues, ./parley errors, ./parley doctor, ./parley --help
`;
