import type { AddressInfo } from "node:net";
import { createPool } from "../../db/connect.ts";
import { schemaState } from "../../db/schema-state.ts";
import { ParleyError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { buildHttp, type Readiness } from "../http.ts";
import { createMetrics, type Metrics } from "../metrics.ts";

/** Probes and scrapes need few connections, but their own: a busy worker must not make them wait. */
const CONNECTIONS = 3;

type Options = { url: string; port: number; log: Log; isWorking?: () => boolean };

/** The HTTP server, listening. */
export type Serving = { port: number; metrics: Metrics; stop(): Promise<void> };

/** Starts the HTTP server; a port in use is PA015. */
export async function startServing({ url, port, log, isWorking = () => true }: Options): Promise<Serving> {
  const pool = createPool(url, { max: CONNECTIONS, applicationName: "parley http" });
  const metrics = createMetrics(pool);
  const http = buildHttp({
    pool,
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
    await Promise.allSettled([http.close(), pool.end()]);
    throw explainListenError(error, port);
  }
  return {
    port: (http.server.address() as AddressInfo).port,
    metrics,
    async stop() {
      await http.close();
      await pool.end();
    },
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
