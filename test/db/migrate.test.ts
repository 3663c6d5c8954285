import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/db/connect.ts";
import { startThrowaway, type Throwaway } from "../../src/db/embedded/throwaway.ts";
import { migrate } from "../../src/db/migrate.ts";
import { schemaState } from "../../src/db/schema-state.ts";
import { assertServerVersion } from "../../src/db/server-version.ts";
import { createLog } from "../../src/log.ts";
import { useDatabase } from "../setup/database.ts";

const log = createLog("silent");

describe("an empty database", () => {
  const db = useDatabase({ empty: true });

  it("is brought up to date by two at once, one after the other", async () => {
    const [first, second] = await Promise.all([migrate(db.url, log), migrate(db.url, log)]);
    const applied = [...first.applied, ...second.applied];
    expect(applied.length).toBeGreaterThan(0);
    expect(new Set(applied).size).toBe(applied.length);
    expect(await schemaState(db.pool)).toMatchObject({ missing: [], unknown: [] });
  });

  it("is left alone the next time", async () => {
    expect((await migrate(db.url, log)).applied).toEqual([]);
  });
});

describe("a database that a newer program has migrated", () => {
  const db = useDatabase();

  it("is refused and not touched", async () => {
    await db.pool.query(`
      insert into graphile_migrate.migrations (hash, previous_hash, filename)
      select 'sha1:new', hash, '999999.sql' from graphile_migrate.migrations order by filename desc limit 1`);
    await db.pool.query("drop schema graphile_worker cascade");
    await expect(migrate(db.url, log)).rejects.toMatchObject({ code: "PA010", message: /999999/ });
    const { rows } = await db.pool.query("select to_regnamespace('graphile_worker') as schema");
    expect(rows).toEqual([{ schema: null }]);
  });
});

it("a server older than PostgreSQL 15 is refused", async () => {
  const old = { query: async () => ({ rows: [{ version: "14.19 (Debian 14.19-1)" }] }) };
  const refusal = assertServerVersion(old as unknown as pg.Client);
  await expect(refusal).rejects.toMatchObject({ code: "PA013", message: /14\.19/ });
});

describe("on a server of its own", () => {
  let server: Throwaway;
  let ownerUrl: string;

  beforeAll(async () => {
    server = await startThrowaway();
    const admin = await connect(server.url, "test");
    await admin.query("create role dba login createrole password 'secret'");
    await admin.query("create database owned owner dba");
    await admin.end();
    ownerUrl = urlOf("dba", "secret");
  });
  afterAll(() => server.stop());

  function urlOf(user: string, password: string): string {
    const url = new URL(server.url);
    Object.assign(url, { username: user, password, pathname: "owned" });
    return url.href;
  }

  it("needs no superuser: the owner of the database may migrate, given createrole", async () => {
    await migrate(ownerUrl, log);
    expect((await migrate(ownerUrl, log)).applied).toEqual([]);
  });

  it("leaves graphile-worker to a login that is a member of parley_worker", async () => {
    const admin = await connect(server.url, "test");
    await admin.query("create role worker login password 'secret' in role parley_worker");
    await admin.end();
    const worker = await connect(urlOf("worker", "secret"), "test");
    expect(await schemaState(worker)).toMatchObject({ missing: [], unknown: [] });
    await worker.query("select graphile_worker.add_job('test')");
    const { rows } = await worker.query(
      "select has_database_privilege(current_database(), 'create') as may_create",
    );
    expect(rows).toEqual([{ may_create: false }]);
    await worker.end();
  });

  it("agrees with the stock graphile-migrate", () => {
    const stock = createRequire(import.meta.url).resolve("graphile-migrate/dist/cli.js");
    const output = execFileSync(process.execPath, [stock, "migrate"], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      env: { ...process.env, DATABASE_URL: ownerUrl },
      encoding: "utf8",
    });
    expect(output).toContain("Already up to date");
  });
});
