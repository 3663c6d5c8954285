import type pg from "pg";

/** Of a wider table so many are drawn, and whatever identifies or refers. */
const COLUMNS_DRAWN = 17;

interface Column {
  name: string;
  type: string;
  is_primary: boolean;
  is_reference: boolean;
}

interface ForeignKey {
  columns: string[];
  parent: string;
  may_be_null: boolean;
  is_unique: boolean;
}

interface Table {
  name: string;
  columns: Column[];
  foreign_keys: ForeignKey[];
}

/** A Mermaid diagram of some tables of schema `chat`, as the database has them. A key to another table is named only. */
export async function diagramOf(pool: pg.Pool, names: string[]): Promise<string> {
  const tables = (await readTables(pool)).filter(({ name }) => names.includes(name));
  const isDrawn = ({ parent }: ForeignKey) => names.includes(parent);
  return [
    "erDiagram",
    ...tables.flatMap(({ name, foreign_keys }) =>
      foreign_keys.filter(isDrawn).map((key) => `  ${relation(name, key)}`),
    ),
    ...tables.flatMap((table) => [
      `  ${table.name} {`,
      ...drawn(table.columns).map((column) => `    ${attribute(column, table.foreign_keys, isDrawn)}`),
      "  }",
    ]),
    "",
  ].join("\n");
}

export async function tablesOfChat(pool: pg.Pool): Promise<string[]> {
  return (await readTables(pool)).map(({ name }) => name);
}

function relation(child: string, { columns, parent, may_be_null, is_unique }: ForeignKey): string {
  const label = columns.filter((column) => columns.length === 1 || column !== "account_id").join(", ");
  return `${parent} ${may_be_null ? "|o" : "||"}--${is_unique ? "o|" : "o{"} ${child} : "${label}"`;
}

function drawn(columns: Column[]): Column[] {
  return columns.filter(
    ({ is_primary, is_reference }, index) => is_primary || is_reference || index < COLUMNS_DRAWN,
  );
}

function attribute(
  { name, type, is_primary }: Column,
  keys: ForeignKey[],
  isDrawn: (key: ForeignKey) => boolean,
): string {
  const own = keys.filter(({ columns }) => columns.at(-1) === name);
  const marks = [is_primary && "PK", own.length > 0 && "FK"].filter(Boolean).join(", ");
  const elsewhere = own.filter((key) => !isDrawn(key)).map(({ parent }) => parent);
  return [type, name, marks, elsewhere.length > 0 && `"${elsewhere.join(", ")}"`].filter(Boolean).join(" ");
}

async function readTables(pool: pg.Pool): Promise<Table[]> {
  const { rows } = await pool.query(`
    select c.relname as name,
      (select json_agg(json_build_object(
          'name', a.attname,
          'type', replace(replace(format_type(a.atttypid, null), 'timestamp with time zone', 'timestamptz'), ' ', '_'),
          'is_primary', exists (
            select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p' and a.attnum = any (k.conkey)),
          'is_reference', exists (
            select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey))
        ) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      coalesce((select json_agg(json_build_object(
          'columns', (
            select json_agg(a.attname order by u.position)
            from unnest(f.conkey) with ordinality u (attnum, position)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = u.attnum),
          'parent', p.relname,
          'may_be_null', exists (
            select from pg_attribute a where a.attrelid = c.oid and a.attnum = any (f.conkey) and not a.attnotnull),
          'is_unique', exists (
            select from pg_constraint k
            where k.conrelid = c.oid and k.contype in ('p', 'u') and k.conkey <@ f.conkey)
        ) order by f.conname)
        from pg_constraint f join pg_class p on p.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f' and f.conparentid = 0), '[]') as foreign_keys
    from pg_class c
    where c.relnamespace = 'chat'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname collate "C"`);
  return rows;
}
