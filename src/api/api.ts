import type { ExecutionResult } from "grafast/graphql";
import type pg from "pg";
import { createPool } from "../db/connect.ts";
import type { Log } from "../log.ts";
import { type Claims, createClaimsReader } from "./auth/claims.ts";
import { createKeys, type KeySettings } from "./auth/keys.ts";
import { createZoneCheck } from "./auth/time-zones.ts";
import { ApiError } from "./errors.ts";
import { createExecute, type Execute } from "./execute.ts";
import { EXPORTS, type Export } from "./export/exports.ts";
import { busy, Gate } from "./gate.ts";
import { buildSchema } from "./schema/build.ts";
import { sessionSettings } from "./session.ts";
import { SharedRuns } from "./shared-runs.ts";
import type { Webhooks } from "./webhooks.ts";

/** Requests at once; the others wait, but neither many nor long. */
const GATE = { places: 12, each: 9, queue: 100, waitMs: 2000 };

/** Each export holds a connection for as long as it takes. */
const EXPORT_GATE = { places: 2, each: 1, queue: 10, waitMs: 5000 };

/** One for each request, and some for exports. A request with several top-level fields may use several. */
const CONNECTIONS = 16;
const CONNECTION_WAIT_MS = 5000;

/** How long a download may stand still because nobody reads. */
const STALL_MS = 60_000;

export type ApiOptions = {
  url: string;
  log: Log;
  keys: KeySettings;
  exports?: Record<string, Export>;
  stallMs?: number;
  /** Without: endpoints can be looked at, but neither added, changed nor tested. */
  webhooks?: Webhooks | undefined;
};

/** What the routes need. */
export type Api = {
  /** Throws NOT_CONFIGURED, UNAUTHENTICATED or FORBIDDEN. */
  authenticate(authorization: string | undefined): Promise<Claims>;
  /** Settings of a request's transactions. */
  settingsOf(claims: Claims, statementTimeoutMs: number): Promise<Record<string, string>>;
  /** The schema is built when it is first needed, and again after a failure. */
  execute(): Promise<Execute>;
  gate: Gate;
  reads: SharedRuns<ExecutionResult>;
  exportGate: Gate;
  exports: Record<string, Export>;
  stallMs: number;
  pool: pg.Pool;
  stop(): Promise<void>;
};

export function createApi({
  url,
  log,
  keys,
  exports = EXPORTS,
  stallMs = STALL_MS,
  webhooks,
}: ApiOptions): Api {
  const keyOf = createKeys(keys);
  const readClaims = keyOf && createClaimsReader(keyOf);
  const pool = createPool(url, {
    max: CONNECTIONS,
    applicationName: "parley api",
    connectTimeoutMs: CONNECTION_WAIT_MS,
  });
  const isZone = createZoneCheck(pool);
  let execute: Promise<Execute> | undefined;

  return {
    pool,
    exports,
    stallMs,
    gate: new Gate(GATE),
    reads: new SharedRuns(),
    exportGate: new Gate(EXPORT_GATE),
    async authenticate(authorization) {
      if (!readClaims) throw notConfigured("PARLEY_JWT_SECRET or PARLEY_JWKS_URL must be set");
      return readClaims(authorization);
    },
    async settingsOf(claims, statementTimeoutMs) {
      const { timeZone } = claims;
      const isKnown = timeZone !== undefined && (await isZone(timeZone));
      return sessionSettings({ claims, timeZone: isKnown ? timeZone : "UTC", statementTimeoutMs });
    },
    async execute() {
      execute ??= start(pool, log, webhooks);
      try {
        return await execute;
      } catch (error) {
        execute = undefined;
        if (error instanceof ApiError) throw error;
        log.error({ err: error }, "the GraphQL schema could not be built");
        throw busy("the API cannot be used at the moment; try again later", error);
      }
    },
    stop: () => pool.end(),
  };
}

async function start(pool: pg.Pool, log: Log, webhooks: Webhooks | undefined): Promise<Execute> {
  const { rows } = await pool.query<{ login: string; is_member: boolean }>(
    "select session_user as login, pg_has_role(session_user, 'parley_web', 'member') as is_member",
  );
  const { login, is_member: isMember } = rows[0]!;
  if (!isMember) {
    log.error(`grant parley_web to ${login}: without it the GraphQL API answers 503`);
    throw notConfigured("the database's login must be a member of parley_web; the log names it");
  }
  return createExecute(await buildSchema(pool), pool, webhooks);
}

/** For whoever runs the server, and told to everybody: nobody can be let in. */
function notConfigured(what: string): ApiError {
  return new ApiError("NOT_CONFIGURED", `this API is not set up yet: ${what}`);
}
