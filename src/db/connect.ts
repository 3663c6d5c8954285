import pg from "pg";
import { ParleyError } from "../errors.ts";
import { parseExactJson } from "./exact-json.ts";

type ConnectOptions = { max?: number; applicationName: string; connectTimeoutMs?: number };

const CONNECT_TIMEOUT_MS = 10_000;
/** Compiling takes longer than any of our statements: half a second and more, when the planner overrates one. */
const WITHOUT_COMPILING = "set jit = off";
const INT8 = 20;
const INT8_ARRAY = 1016;
const JSONB = 3802;

/** bigint columns become numbers: our own ids and counts stay far below 2^53. Numbers inside documents may not. */
const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === INT8) return Number;
    if (oid === JSONB) return parseExactJson;
    const parse = pg.types.getTypeParser(oid, format);
    return oid === INT8_ARRAY ? (text: string) => parse(text).map(Number) : parse;
  },
} as pg.CustomTypesConfig;

/** A pool whose connections may be lost (server restart) without ending the process; queries then fail by themselves. */
export function createPool(
  url: string,
  { max = 10, applicationName, connectTimeoutMs = CONNECT_TIMEOUT_MS }: ConnectOptions,
): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(url, applicationName),
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    onConnect: (client) => client.query(WITHOUT_COMPILING),
  });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** One connection, opened; failures are explained. */
export async function connect(url: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client(connectionOptions(url, applicationName));
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query(WITHOUT_COMPILING);
  } catch (error) {
    throw explainConnectionError(error, url);
  }
  return client;
}

function connectionOptions(url: string, applicationName: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types,
  };
}

/** The same database, with the rights of `role` from the first statement on. */
export function asRole(url: string, role: string): string {
  const changed = new URL(url);
  const options = changed.searchParams.get("options");
  changed.searchParams.set("options", [options, `-c role=${role}`].filter(Boolean).join(" "));
  return changed.href;
}

/** The URL as it may be shown: without any password. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = "";
  shown.searchParams.delete("password");
  return shown.href;
}

const LOGIN_REFUSED = new Set(["28000", "28P01", "42501"]);
const NO_SUCH_DATABASE = "3D000";
const SERVER_DISK_FULL = "53100";

/** What a failed connection means and what to do about it; never shows a password. */
export function explainConnectionError(error: unknown, url: string): ParleyError {
  if (error instanceof ParleyError) return error;
  const shown = withoutPassword(url);
  const { code, message } = describe(error);
  if (code === SERVER_DISK_FULL) {
    return new ParleyError("PA024", `the disk of the database server is full (${shown})`, {
      hint: "Free space on the server, then start again.",
      cause: error,
    });
  }
  if (LOGIN_REFUSED.has(code) || message.includes("password must be a string")) {
    return new ParleyError("PA014", `${shown} refused the login: ${message}`, {
      hint: "Check user and password in DATABASE_URL.",
      cause: error,
    });
  }
  const hint =
    code === NO_SUCH_DATABASE
      ? "Create it first: createdb, or `create database`."
      : "Check that the server runs, and host and port in DATABASE_URL.";
  return new ParleyError("PA012", `cannot connect to ${shown}: ${message}`, { hint, cause: error });
}

/** Node reports a name with several addresses (localhost) as one AggregateError without a message. */
function describe(error: unknown): { code: string; message: string } {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error)) return { code: "", message: String(first) };
  return { code: "code" in first ? String(first.code) : "", message: first.message };
}
