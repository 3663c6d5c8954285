import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { asRole, connect, createPool } from "../../src/db/connect.ts";

/** A database of the test file's own, cloned from the migrated template. */
export type TestDatabase = {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Another session, closed after the tests; with the rights of `role` if given. */
  connect(role?: string): Promise<pg.Client>;
};

/** Call at file level: the database exists from `beforeAll` to `afterAll`. `empty`: without the schema. */
export function useDatabase({ empty = false }: { empty?: boolean } = {}): TestDatabase {
  const templateUrl = new URL(inject("templateUrl"));
  const template = empty ? "template0" : templateUrl.pathname.slice(1);
  const name = `parley_test_${randomBytes(6).toString("hex")}`;
  const url = new URL(templateUrl);
  url.pathname = name;
  const clients: pg.Client[] = [];
  let pool: pg.Pool;

  beforeAll(async () => {
    await onServer(`create database ${name} template ${template}`);
    pool = createPool(url.href, { applicationName: "test" });
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
    await pool.end();
    await onServer(`drop database ${name} with (force)`);
  });

  return {
    url: url.href,
    get pool() {
      return pool;
    },
    async connect(role) {
      const client = await connect(role ? asRole(url.href, role) : url.href, "test");
      clients.push(client);
      return client;
    },
  };

  async function onServer(statement: string): Promise<void> {
    const maintenance = new URL(templateUrl);
    maintenance.pathname = "postgres";
    const client = new pg.Client(maintenance.href);
    await client.connect();
    await client.query(statement);
    await client.end();
  }
}
