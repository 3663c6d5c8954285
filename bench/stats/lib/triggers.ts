import type pg from "pg";

/** Switches the statistics' triggers on the tables of schema chat on or off. */
export async function setStatisticsTriggers(pool: pg.Pool, state: "enable" | "disable"): Promise<void> {
  for (const { table, trigger } of await statisticsTriggers(pool))
    await pool.query(`alter table ${table} ${state} trigger ${trigger}`);
}

/** A run that was killed has left triggers off: what it has written meanwhile, to the newest account, is still to be summed. */
export async function resumeStatistics(pool: pg.Pool): Promise<void> {
  if ((await statisticsTriggers(pool)).every(({ enabled }) => enabled)) return;
  await setStatisticsTriggers(pool, "enable");
  const { rows } = await pool.query<{ account: number }>("select max(id) as account from chat.accounts");
  await markStale(pool, rows[0]!.account);
}

interface StatisticsTrigger {
  table: string;
  trigger: string;
  enabled: boolean;
}

async function statisticsTriggers(pool: pg.Pool): Promise<StatisticsTrigger[]> {
  const { rows } = await pool.query<StatisticsTrigger>(
    `select t.tgrelid::regclass::text as table, quote_ident(t.tgname) as trigger, t.tgenabled <> 'D' as enabled
     from pg_trigger t
     join pg_class c on c.oid = t.tgrelid
     join pg_proc p on p.oid = t.tgfoid
     where not t.tgisinternal and c.relnamespace = 'chat'::regnamespace and p.pronamespace = 'stats'::regnamespace`,
  );
  if (rows.length === 0) throw new Error("no table of schema chat has a trigger of schema stats");
  return rows;
}

/** What was written without triggers is to be summed as well. */
export async function markStale(pool: pg.Pool, account: number): Promise<void> {
  await pool.query(
    "insert into stats.stale (account_id, dialog_id) select account_id, id from chat.dialogs where account_id = $1",
    [account],
  );
}
