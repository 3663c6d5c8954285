import type { AddressInfo } from "node:net";
import type pg from "pg";
import { createApi } from "../../api/api.ts";
import { signToken } from "../../api/auth/sign.ts";
import type { DevelopmentToken } from "../../api/explorer.ts";
import type { Config } from "../../config.ts";
import { createPool } from "../../db/connect.ts";
import { schemaState } from "../../db/schema-state.ts";
import { ParleyError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { createHttpClient } from "../../outbound/http/client.ts";
import { sealingOf } from "../../outbound/secrets-key.ts";
import { createWebhookAdapter } from "../../outbound/webhook/adapter.ts";
import { createWebhookManagement } from "../../outbound/webhook/management.ts";
import type { MailSink } from "../dev/mail-sink.ts";
import { buildHttp, type Readiness } from "../http.ts";
import { createMetrics, type Metrics } from "../metrics.ts";
import { tokenSecret } from "./token-secret.ts";

/** Probes and scrapes need few connections, but their own: a busy worker must not make them wait. */
const CONNECTIONS = 3;

const STOP_MS = 12_000;

/** For as long as a page of the explorer is looked at. */
const EXPLORER_TOKEN_SECONDS = 12 * 3600;

type Options = {
  url: string;
  port: number;
  config: Config;
  log: Log;
  isWorking?: () => boolean;
  mailSink?: MailSink | undefined;
};

/** The HTTP server, listening. */
export type Serving = { port: number; metrics: Metrics; stop(): Promise<void> };

/** Starts the HTTP server; a port in use is PA015. */
export async function startServing({
  url,
  port,
  config,
  log,
  isWorking = () => true,
  mailSink,
}: Options): Promise<Serving> {
  const pool = createPool(url, { max: CONNECTIONS, applicationName: "parley http" });
  const metrics = createMetrics(pool);
  const secret = tokenSecret(config);
  const { jwksUrl } = config;
  const isDevelopment = config.databaseUrl === undefined;
  const sealing = () => sealingOf(config);
  const client = createHttpClient(config);
  const api = createApi({
    url,
    log: log.child({ area: "api" }),
    keys: { secret, jwksUrl },
    ...(isDevelopment || config.secretsKey !== undefined
      ? { webhooks: createWebhookManagement(createWebhookAdapter(client), sealing()) }
      : {}),
  });
  const http = buildHttp({
    pool,
    api,
    ...(config.explorer ? { explorer: { token: developmentToken(config, secret, pool) } } : {}),
    ...(isDevelopment ? { inspector: { sealing } } : {}),
    mailSink,
    metrics,
    log: log.child({ area: "ops" }),
    isReady: async (): Promise<Readiness> => {
      const { missing, unknown } = await schemaState(pool);
      if (missing.length + unknown.length > 0)
        return { ready: false, reason: "the schema is not this program's" };
      return isWorking() ? { ready: true } : { ready: false, reason: "the worker does not run" };
    },
  });
  try {
    await http.listen({ host: "0.0.0.0", port, listenTextResolver: (address) => `listening on ${address}` });
  } catch (error) {
    await Promise.allSettled([http.close(), api.stop(), client.close(), pool.end()]);
    throw explainListenError(error, port);
  }
  if (secret === undefined && jwksUrl === undefined) {
    log.warn("the GraphQL API answers 503: neither PARLEY_JWT_SECRET nor PARLEY_JWKS_URL is set");
  } else {
    // Now rather than for the first who asks. What fails is logged, and tried again then.
    api.execute().catch(() => {});
  }
  return {
    port: (http.server.address() as AddressInfo).port,
    metrics,
    async stop() {
      // Answers on their way get their time, connections that ask for nothing do not.
      const impatience = setTimeout(() => http.server.closeAllConnections(), STOP_MS);
      await http.close();
      clearTimeout(impatience);
      await api.stop();
      await client.close();
      await pool.end();
    },
  };
}

/** Of an analyst of the first account. Only for the embedded server: any other has data that are not the newcomer's. */
function developmentToken(
  { databaseUrl }: Config,
  secret: string | undefined,
  pool: pg.Pool,
): DevelopmentToken | undefined {
  if (databaseUrl !== undefined || secret === undefined) return undefined;
  return async () => {
    const { rows } = await pool.query<{ id: number | null }>("select min(id) as id from chat.accounts");
    return signToken(secret, { role: "analyst", account: rows[0]!.id ?? 1, seconds: EXPLORER_TOKEN_SECONDS });
  };
}

function explainListenError(error: unknown, port: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "EADDRINUSE" && code !== "EACCES") return error;
  const why = code === "EADDRINUSE" ? "is in use by another program" : "may not be used by this user";
  return new ParleyError("PA015", `port ${port} ${why}`, {
    hint: `Stop that program, or set PORT to another number: PORT=${port + 1} npm start`,
    cause: error,
  });
}
