import { formatAge } from "../output.ts";
import { type Check, type Finding, orOk, warning } from "./check.ts";

/** Whatever keeps old row versions alive: rows that queues deleted stay in the tables for as long. */
const HOLDERS = `
  select 'session ' || pid || ' (' || coalesce(nullif(application_name, ''), usename, backend_type) || ', '
      || coalesce(state, 'unknown state') || ')' as holder,
    extract(epoch from clock_timestamp() - coalesce(xact_start, backend_start))::float8 as age_s,
    'End it with select pg_terminate_backend(' || pid || '), or set idle_in_transaction_session_timeout.' as advice
  from pg_stat_activity
  where pid <> pg_backend_pid()
    and (backend_xmin is not null or backend_xid is not null or state like 'idle in transaction%')
    and backend_type in ('client backend', 'walsender')
  union all
  select 'prepared transaction ' || quote_literal(gid), extract(epoch from clock_timestamp() - prepared)::float8,
    'Finish it: commit prepared or rollback prepared ' || quote_literal(gid)
  from pg_prepared_xacts`;

const IDLE_SLOTS = `
  select slot_name as slot, pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) as kept
  from pg_replication_slots
  where not active and not pg_is_in_recovery()`;

/** Warns of snapshots held longer than `longS` seconds, and of replication slots that nobody reads. */
export const snapshotsHeldLongerThan = (longS: number): Check => ({
  name: "held snapshots",
  needs: "server",
  async run(db) {
    const findings: Finding[] = [];
    const holders = await db.query<{ holder: string; age_s: number; advice: string }>(HOLDERS);
    for (const { holder, age_s, advice } of holders.rows) {
      if (age_s > longS) findings.push(warning(`${holder} has held one for ${formatAge(age_s)}`, advice));
    }

    const slots = await db.query<{ slot: string; kept: string | null }>(IDLE_SLOTS);
    for (const { slot, kept } of slots.rows) {
      const advice = `Start its subscriber, or drop it: select pg_drop_replication_slot('${slot}')`;
      findings.push(
        warning(`replication slot ${slot} has no subscriber and keeps ${kept ?? "no"} WAL`, advice),
      );
    }

    const { rows } = await db.query("select pg_has_role('pg_read_all_stats', 'usage') as sees_all");
    if (!rows[0].sees_all) {
      findings.push(warning("sessions of other logins cannot be seen", "grant pg_monitor to this login"));
    }
    return orOk(findings, `none older than ${formatAge(longS)}`);
  },
});
