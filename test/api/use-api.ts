import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll } from "vitest";
import { type Api, type ApiOptions, createApi } from "../../src/api/api.ts";
import type { TokenRole } from "../../src/api/auth/roles.ts";
import { signToken } from "../../src/api/auth/sign.ts";
import { createLog } from "../../src/log.ts";
import { buildHttp } from "../../src/ops/http.ts";
import { createMetrics } from "../../src/ops/metrics.ts";
import type { TestDatabase } from "../setup/database.ts";

export const SECRET = "a secret of the tests, of 32 bytes or more";

/** The HTTP server with the API, in this process. */
export interface TestApi {
  readonly app: FastifyInstance;
  readonly api: Api;
  /** Lines that the server has logged. */
  readonly logged: Record<string, unknown>[];
  // biome-ignore lint/suspicious/noExplicitAny: each query has an answer of its own.
  query(token: string | undefined, query: string, variables?: Record<string, unknown>): Promise<any>;
}

/** Call at file level, after `useDatabase`. */
export function useApi(db: TestDatabase, options: Partial<ApiOptions> = {}): TestApi {
  const logged: Record<string, unknown>[] = [];
  let api: Api;
  let app: FastifyInstance;

  beforeAll(async () => {
    const log = createLog("debug", { write: (line) => void logged.push(JSON.parse(line)) });
    api = createApi({ url: db.url, log, keys: { secret: SECRET }, ...options });
    app = buildHttp({
      pool: db.pool,
      metrics: createMetrics(db.pool),
      log,
      isReady: () => ({ ready: true }),
      api,
    });
  });

  afterAll(async () => {
    await app.close();
    await api.stop();
  });

  return {
    get app() {
      return app;
    },
    get api() {
      return api;
    },
    logged,
    async query(token, query, variables) {
      const answer = await app.inject({
        method: "POST",
        url: "/graphql",
        headers: { ...bearer(token), "content-type": "application/json" },
        payload: JSON.stringify({ query, variables }),
      });
      return answer.json();
    },
  };
}

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** A token that is valid for a minute. */
export function token(role: TokenRole, account?: number): Promise<string> {
  return signToken(SECRET, { role, account, seconds: 60 });
}
