import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { connect, createPool } from "../../src/db/connect.ts";
import { startEmbedded } from "../../src/db/embedded/start.ts";
import { migrate } from "../../src/db/migrate.ts";
import { createLog } from "../../src/log.ts";
import { endChildren } from "./child.ts";

/** Beside the data of `npm start`: on the same disk. */
const FOLDER = fileURLToPath(new URL("../../.parley/bench", import.meta.url));

export interface Database {
  url: string;
  pool: pg.Pool;
}

/** The server to measure on. */
export interface Server {
  /** PostgreSQL version and the settings that matter. */
  description: string;
  /** Lends a freshly migrated database. */
  withDatabase<Result>(use: (database: Database) => Promise<Result>): Promise<Result>;
  /** Lends the database of that name, which stays; if there is none, `fill` fills a freshly migrated one. */
  withKept<Result>(
    name: string,
    fill: (database: Database) => Promise<void>,
    use: (database: Database) => Promise<Result>,
  ): Promise<Result>;
  /** Removes all that was made, but what was kept. */
  stop(): Promise<void>;
}

/** The server that BENCH_DATABASE_URL names (as superuser); without it one like that of `npm start`, for this run only. */
export async function openServer(progress: (line: string) => void): Promise<Server> {
  const { url, remove } = await findServer(progress);
  const log = createLog("warn");
  const admin = await connect(url, "parley bench");
  const databases = new Set<string>();
  const template = await create("template0");
  await migrate(databaseUrl(template), log);
  return {
    description: await describe(admin),
    async withDatabase(use) {
      const name = await create(template);
      try {
        return await lend(name, use);
      } finally {
        await drop(name);
      }
    },
    async withKept(name, fill, use) {
      const { rowCount } = await admin.query("select from pg_database where datname = $1", [name]);
      if (rowCount === 0) {
        // Under another name until it is full.
        const filled = await create(template);
        await lend(filled, fill);
        await admin.query(`alter database ${filled} rename to ${name}`);
        databases.delete(filled);
      }
      return lend(name, use);
    },
    async stop() {
      for (const name of databases) await drop(name);
      await admin.end();
      await remove();
    },
  };

  async function lend<Result>(name: string, use: (database: Database) => Promise<Result>): Promise<Result> {
    const pool = createPool(databaseUrl(name), { applicationName: "parley bench" });
    try {
      return await use({ url: databaseUrl(name), pool });
    } finally {
      // After a failure some may still work in it.
      endChildren();
      await pool.end();
    }
  }

  async function create(from: string): Promise<string> {
    const name = `parley_bench_${randomBytes(4).toString("hex")}`;
    await admin.query(`create database ${name} template ${from}`);
    databases.add(name);
    return name;
  }

  async function drop(name: string): Promise<void> {
    await admin.query(`drop database if exists ${name} with (force)`);
    databases.delete(name);
  }

  function databaseUrl(name: string): string {
    const changed = new URL(url);
    changed.pathname = name;
    return changed.href;
  }
}

async function findServer(progress: (line: string) => void) {
  const url = process.env.BENCH_DATABASE_URL;
  if (url) return { url, remove: async () => {} };
  const embedded = await startEmbedded({
    folder: FOLDER,
    log: createLog("warn"),
    onProgress: progress,
    applicationName: `parley bench, process ${process.pid}`,
    onlyOne: true,
  });
  return {
    url: embedded.url,
    async remove() {
      await embedded.stop();
      // The data lie elsewhere where the server's account cannot enter the checkout.
      for (const folder of [path.dirname(embedded.dataFolder), FOLDER])
        rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function describe(admin: pg.Client): Promise<string> {
  const shown = ["fsync", "synchronous_commit", "shared_buffers", "max_wal_size", "wal_level"];
  const { rows } = await admin.query(
    `select current_setting('server_version') as version, array(
       select n || ' ' || current_setting(n) from unnest($1::text[]) with ordinality as s (n, position) order by position
     ) as settings`,
    [shown],
  );
  return `PostgreSQL ${rows[0].version.split(" ")[0]} (${rows[0].settings.join(", ")})`;
}
