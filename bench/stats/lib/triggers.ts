import type pg from "pg";

/** Switches the statistics' triggers on the tables of schema chat on or off. */
export async function setStatisticsTriggers(pool: pg.Pool, state: "enable" | "disable"): Promise<void> {
  const { rows } = await pool.query<{ table: string; trigger: string }>(
    `select t.tgrelid::regclass::text as table, quote_ident(t.tgname) as trigger
     from pg_trigger t
     join pg_class c on c.oid = t.tgrelid
     join pg_proc p on p.oid = t.tgfoid
     where not t.tgisinternal and c.relnamespace = 'chat'::regnamespace and p.pronamespace = 'stats'::regnamespace`,
  );
  if (rows.length === 0) throw new Error("no table of schema chat has a trigger of schema stats");
  for (const { table, trigger } of rows) await pool.query(`alter table ${table} ${state} trigger ${trigger}`);
}

/** What was written without triggers is to be summed as well. */
export async function markStale(pool: pg.Pool, account: number): Promise<void> {
  await pool.query(
    "insert into stats.stale (account_id, dialog_id) select account_id, id from chat.dialogs where account_id = $1",
    [account],
  );
}
