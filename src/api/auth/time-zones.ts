import type pg from "pg";

/** Asks whether the server knows a time zone. It lists some 600 of them, from as many files, so it is asked once. */
export function createZoneCheck(pool: pg.Pool): (name: string) => Promise<boolean> {
  let zones: Promise<Set<string>> | undefined;
  return async (name) => {
    zones ??= readZones(pool);
    try {
      return (await zones).has(name);
    } catch (error) {
      zones = undefined;
      throw error;
    }
  };
}

async function readZones(pool: pg.Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ name: string }>("select name from pg_timezone_names");
  return new Set(rows.map(({ name }) => name));
}
