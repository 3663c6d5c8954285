import { fileURLToPath } from "node:url";
import { Logger as MigrateLogger } from "@graphile/logger";
import { migrate as runCommittedMigrations } from "graphile-migrate";
import { clearAllPools } from "graphile-migrate/dist/pgReal.js";
import { runMigrations as runWorkerMigrations, Logger as WorkerLogger } from "graphile-worker";
import type pg from "pg";
import type { Log } from "../log.ts";
import { asRole, connect } from "./connect.ts";
import { assertNotNewer, schemaState } from "./schema-state.ts";
import { assertServerVersion } from "./server-version.ts";

/** Where graphile-migrate finds the committed migrations. */
const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../migrations", import.meta.url));

const WORKER_ROLE = "parley_worker";

/** What a run did. */
export type Migrated = { applied: string[]; current: string | undefined };

/** Held while migrating: of two at once the second waits, then finds nothing left to do. */
const LOCK = [0x5041_4c45, 1];

/**
 * Brings an empty or older database up to date; changes nothing in one that is. Refuses a server that is too old
 * (PA013) and a database that a newer program has migrated (PA010) before it touches anything.
 */
export async function migrate(url: string, log: Log): Promise<Migrated> {
  const client = await connect(url, "parley migrate");
  try {
    await assertServerVersion(client);
    await client.query("select pg_advisory_lock($1, $2)", LOCK);
    const before = await schemaState(client);
    assertNotNewer(before);
    await runCommitted(url, log);
    await installWorkerSchema(client, url, log);
    const { current } = await schemaState(client);
    return { applied: before.missing, current };
  } finally {
    await client.end();
  }
}

async function runCommitted(url: string, log: Log): Promise<void> {
  try {
    await runCommittedMigrations({
      connectionString: url,
      migrationsFolder: MIGRATIONS_FOLDER,
      logger: new MigrateLogger(() => forwardTo(log)),
    });
  } finally {
    // It would keep its connection for a moment and end the whole process should the server stop meanwhile.
    clearAllPools();
  }
}

/**
 * graphile-worker's schema belongs to the role of workers, so that a login with that role can run it, and update it,
 * without any further right.
 */
async function installWorkerSchema(client: pg.Client, url: string, log: Log): Promise<void> {
  await becomeMemberOf(WORKER_ROLE, client);
  const mayCreate = `has_database_privilege('${WORKER_ROLE}', current_database(), 'create')`;
  const { rows } = await client.query(`select current_database() as database, ${mayCreate} as may_create`);
  const database = client.escapeIdentifier(rows[0].database);
  // `create schema if not exists` asks for this right even if the schema exists.
  if (!rows[0].may_create) await client.query(`grant create on database ${database} to ${WORKER_ROLE}`);
  try {
    await runWorkerMigrations({
      connectionString: asRole(url, WORKER_ROLE),
      logger: new WorkerLogger(() => forwardTo(log)),
    });
  } finally {
    if (!rows[0].may_create) await client.query(`revoke create on database ${database} from ${WORKER_ROLE}`);
  }
}

/** Since PostgreSQL 16 the creator of a role may grant it, to itself too, but does not have it. */
async function becomeMemberOf(role: string, client: pg.Client): Promise<void> {
  try {
    await client.query(`set role ${role}; reset role`);
  } catch {
    await client.query(`grant ${role} to current_user`);
  }
}

/** Their "info" is our "debug": what a migration did is told by the command that ran it. */
function forwardTo(log: Log) {
  return (level: string, message: string) => {
    if (level === "error") log.error(message);
    else if (level === "warning") log.warn(message);
    else log.debug(message);
  };
}
