import { formatAge } from "../output.ts";
import { type Check, orOk, problem, warning } from "./check.ts";

/** A queue that is drained leaves many dead rows for a moment; they matter when they stay. */
const MANY_DEAD = 200_000;
const LATE_S = 300;

interface QueueTable {
  queue: string;
  options: string;
  dead: number;
  vacuumed_s: number | null;
}

export const autovacuum: Check = {
  name: "autovacuum",
  needs: "schema",
  async run(db) {
    const { rows } = await db.query<QueueTable>(
      `select c.relname as queue, coalesce(c.reloptions::text, '') as options, s.n_dead_tup as dead,
         extract(epoch from clock_timestamp() - greatest(s.last_autovacuum, s.last_vacuum))::float8 as vacuumed_s
       from pg_inherits i
       join pg_class c on c.oid = i.inhrelid
       join pg_stat_all_tables s on s.relid = c.oid
       where i.inhparent = 'broker.messages'::regclass
       order by c.relname`,
    );
    const findings = rows.flatMap((row) => {
      const table = `broker."${row.queue}"`;
      if (/autovacuum_enabled=(false|off|no|0)/.test(row.options)) {
        return [problem(`off for ${table}`, `alter table ${table} reset (autovacuum_enabled)`)];
      }
      if (!row.options.includes("autovacuum_vacuum_threshold")) {
        const advice = `alter table ${table} set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)`;
        return [warning(`${table} has lost its own settings`, advice)];
      }
      if (row.dead > MANY_DEAD && (row.vacuumed_s ?? Number.POSITIVE_INFINITY) > LATE_S) {
        const last = row.vacuumed_s === null ? "never vacuumed" : `vacuumed ${formatAge(row.vacuumed_s)} ago`;
        const advice = `See "held snapshots"; else raise autovacuum_max_workers, or run: vacuum ${table}`;
        return [warning(`${row.dead} dead rows in ${table}, ${last}`, advice)];
      }
      return [];
    });
    return orOk(findings, `keeps up with ${rows.length} queue tables`);
  },
};
