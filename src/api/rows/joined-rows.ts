import type { PgSelectStep } from "postgraphile/@dataplan/pg";

type Statement = { text: string; name?: string; identifierIndex?: number | null };

/** What its types do not tell. */
type Resource = { executeWithCache(values: unknown, statement: Statement): Promise<unknown> };

/** What its types do not tell. */
type Select = {
  resource: Resource;
  readonly selects: readonly unknown[];
  readonly fetchOneExtra: boolean;
  readonly needsCursor: boolean;
  readonly lastStepId: number | null;
};

/** Of prepared statements, in PostgreSQL. */
const LONGEST_NAME = 63;

/**
 * Has a select of one text a row give all of them as one, joined by commas, where nothing else is read of its rows: not how many they
 * are, nor their cursors, nor their order backwards. A text for each keeps the server longer than the database takes to join them.
 */
export function joinRows($select: PgSelectStep): void {
  const select = $select as unknown as Select;
  const { resource } = select;
  const isForTextsOnly =
    select.selects.length === 1 && !select.fetchOneExtra && !select.needsCursor && select.lastStepId === null;
  if (!isForTextsOnly) return;
  const executeWithCache: Resource["executeWithCache"] = (values, statement) => {
    // Of several pages at once, each row says of which it is.
    if (statement.identifierIndex != null) return resource.executeWithCache(values, statement);
    return resource.executeWithCache(values, {
      ...statement,
      text: joined(statement.text),
      // The statement as it was may be prepared too.
      name: `joined ${statement.name}`.slice(0, LONGEST_NAME),
    });
  };
  select.resource = Object.create(resource, { executeWithCache: { value: executeWithCache } });
}

/** Null if one of them is. */
function joined(select: string): string {
  return `select case when count(*) = count(page."0") then coalesce(string_agg(page."0", ','), '') end as "0"
from (
${select.replace(/;$/, "")}
) page`;
}
