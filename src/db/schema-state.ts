import { readdir, readFile } from "node:fs/promises";
import type pg from "pg";
import { ParleyError } from "../errors.ts";

const COMMITTED = new URL("../../migrations/committed/", import.meta.url);

/** graphile-worker's own; the stock graphile-migrate does not install it, `./parley migrate` does. */
const WORKER_SCHEMA = "graphile_worker";

/** How the database compares to this program. */
export type SchemaState = {
  /** Newest migration that the database has; undefined in an empty one. */
  current: string | undefined;
  /** Migrations of this program that the database lacks: run `./parley migrate`. */
  missing: string[];
  /** Migrations of the database that this program lacks: the program is older. */
  unknown: string[];
};

type Migration = { filename: string; hash: string };

/** Compares graphile-migrate's own record with the committed files. Reads only. */
export async function schemaState(db: Pick<pg.Client, "query">): Promise<SchemaState> {
  const known = await committedMigrations();
  const applied = await appliedMigrations(db);
  const hasWorker = await exists(db, WORKER_SCHEMA, "migrations");
  const lacks = (list: Migration[]) => (one: Migration) => !list.some(({ hash }) => hash === one.hash);
  return {
    current: applied.at(-1)?.filename,
    missing: [
      ...known.filter(lacks(applied)).map(({ filename }) => filename),
      ...(hasWorker ? [] : [WORKER_SCHEMA]),
    ],
    unknown: applied.filter(lacks(known)).map(({ filename }) => filename),
  };
}

/** Refuses a database that is newer (PA010) or older (PA011) than this program. */
export async function assertCurrentSchema(db: Pick<pg.Client, "query">): Promise<void> {
  const state = await schemaState(db);
  assertNotNewer(state);
  if (state.missing.length === 0) return;
  throw new ParleyError(
    "PA011",
    `the database lacks migrations of this program: ${state.missing.join(", ")}`,
    {
      hint: "Run `./parley migrate`.",
    },
  );
}

/** Refuses a database that a newer program has migrated (PA010). */
export function assertNotNewer({ unknown }: SchemaState): void {
  if (unknown.length === 0) return;
  throw new ParleyError(
    "PA010",
    `the database has migrations that this program does not know: ${unknown.join(", ")}`,
    {
      hint: "Update the program. If it is the newest, the database comes from another branch: use another one.",
    },
  );
}

async function appliedMigrations(db: Pick<pg.Client, "query">): Promise<Migration[]> {
  if (!(await exists(db, "graphile_migrate", "migrations"))) return [];
  return (await db.query("select filename, hash from graphile_migrate.migrations order by filename")).rows;
}

/** From the catalogs, which everybody may read: the rights to the schema itself may be missing. */
async function exists(db: Pick<pg.Client, "query">, schema: string, table: string): Promise<boolean> {
  const { rows } = await db.query(
    `select exists (
       select from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relname = $2
     ) as exists`,
    [schema, table],
  );
  return rows[0].exists;
}

async function committedMigrations(): Promise<Migration[]> {
  const files = (await readdir(COMMITTED)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    files.map(async (filename) => ({
      filename,
      hash: hashOf(await readFile(new URL(filename, COMMITTED), "utf8")),
    })),
  );
}

function hashOf(migration: string): string {
  return /^--! Hash: (.+)$/m.exec(migration)?.[1] ?? "";
}
