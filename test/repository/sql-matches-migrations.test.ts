import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { expandIncludes } from "../setup/expand-includes.ts";
import { fingerprint, OURS } from "./fingerprint.ts";

const SQL = fileURLToPath(new URL("../../sql/", import.meta.url));
const db = useDatabase();

it("sql/ run on a migrated database changes nothing: every edited file was included in a migration", async () => {
  const migrated = await fingerprint(db.pool);
  await db.pool.query(expandIncludes("all.sql"));
  expect(await fingerprint(db.pool)).toEqual(migrated);
});

it("every file of sql/ is included from all.sql", () => {
  const included = new Set<string>();
  expandIncludes("all.sql", (file) => included.add(file));
  const files = globSync("**/*.sql", { cwd: SQL });
  expect([...included].sort()).toEqual(files.sort());
});

it("every function and view has a file named after it", async () => {
  const { rows } = await db.pool.query(`
    select distinct n.nspname || '/' || o.name || '.sql' as file
    from (
      select pronamespace as schema, proname as name from pg_proc
      union all
      select relnamespace, relname from pg_class where relkind in ('v', 'm')
    ) o
    join pg_namespace n on n.oid = o.schema
    where ${OURS}
    order by 1`);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(({ file }) => file).filter((file) => !existsSync(path.join(SQL, file)))).toEqual([]);
});

it("every trigger is created in the sql/ folder of its function's schema", async () => {
  // Partitions have clones of their table's row triggers.
  const { rows } = await db.pool.query(`
    select n.nspname as schema, t.tgname as name
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace
    where ${OURS} and not t.tgisinternal and t.tgparentid = 0`);
  const isCreated = ({ schema, name }: { schema: string; name: string }) =>
    globSync(`${schema}/*.sql`, { cwd: SQL }).some((file) =>
      new RegExp(`create (or replace )?(constraint )?trigger ${name}\\b`).test(
        readFileSync(path.join(SQL, file), "utf8"),
      ),
    );
  expect(rows.filter((trigger) => !isCreated(trigger))).toEqual([]);
});

it("every function, view and table is explained by a comment", async () => {
  const { rows } = await db.pool.query(`
    select p.oid::regprocedure::text as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${OURS} and obj_description(p.oid, 'pg_proc') is null
    union all
    select c.oid::regclass::text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
      and obj_description(c.oid, 'pg_class') is null`);
  expect(rows).toEqual([]);
});
