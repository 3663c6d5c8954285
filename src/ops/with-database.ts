import type pg from "pg";
import { loadConfig } from "../config.ts";
import { connect, createPool } from "../db/connect.ts";
import { assertCurrentSchema } from "../db/schema-state.ts";
import { createLog } from "../log.ts";
import { openDatabase } from "./run/database.ts";

const CONNECTIONS = 2;

/** Undefined schema, table, column or function. */
const MISSING_OBJECT = new Set(["3F000", "42P01", "42703", "42883"]);

/**
 * Runs a short command on the database: the one that DATABASE_URL names, else the embedded one of this checkout, which is
 * started for the command if it does not run.
 */
export async function withDatabase<Result>(work: (pool: pg.Pool) => Promise<Result>): Promise<Result> {
  const config = loadConfig();
  const log = createLog(config.logLevel);
  const applicationName = `parley command, process ${process.pid}`;
  const database = await openDatabase({ config, log, applicationName });
  const pool = createPool(database.url, { max: CONNECTIONS, applicationName });
  try {
    // An unreachable server is explained here, once, and not wherever the first query happens to be.
    await (await connect(database.url, applicationName)).end();
    return await work(pool);
  } catch (error) {
    // What is missing may be a migration; then that is the error to show.
    if (MISSING_OBJECT.has((error as { code?: string }).code ?? "")) await assertCurrentSchema(pool);
    throw error;
  } finally {
    await pool.end();
    await database.stop();
  }
}
