import pg from "pg";

/** Types whose texts begin no formula that anybody else could have written. */
const PLAIN = new Set([
  pg.types.builtins.BOOL,
  pg.types.builtins.INT2,
  pg.types.builtins.INT4,
  pg.types.builtins.INT8,
  pg.types.builtins.FLOAT4,
  pg.types.builtins.FLOAT8,
  pg.types.builtins.NUMERIC,
  pg.types.builtins.DATE,
  pg.types.builtins.TIMESTAMP,
  pg.types.builtins.TIMESTAMPTZ,
  pg.types.builtins.UUID,
]);

export type Column = Pick<pg.FieldDef, "name" | "dataTypeID">;

/** The statement that answers rows as CSV, without the titles: those are sent with the first row, once nothing is wrong. */
export function copyStatement(columns: Column[], source: string, order: string): string {
  return `copy (select ${columns.map(expression).join(", ")} from ${source}${order}) to stdout (format csv, encoding 'UTF8')`;
}

export function titles(columns: Column[]): string {
  return `${columns.map(({ name }) => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(",")}\n`;
}

/** A spreadsheet would run a text that begins like a formula; behind an apostrophe it shows it. */
function expression({ name, dataTypeID }: Column): string {
  const column = pg.escapeIdentifier(name);
  if (PLAIN.has(dataTypeID)) return column;
  return `case when ${column}::text ~ '^\\s*[=+@＝＋－＠-]|^[\\t\\r\\n]' then '''' || ${column}::text else ${column}::text end as ${column}`;
}
