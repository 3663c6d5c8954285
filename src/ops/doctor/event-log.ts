import { countOf } from "../output.ts";
import { type Check, type Finding, orOk, problem, warning } from "./check.ts";

interface LogState {
  ahead: number;
  wanted: number;
  uncovered: boolean;
  stray: number;
}

/** Partitions are read from the catalogue: a DBA who looks at the log needs no right of the maintenance. */
const READ_LOG = `
  select
    count(*) filter (where b.from_id > n.newest_id)::int as ahead,
    s.partitions_ahead as wanted,
    coalesce(max(b.to_id), 0) <= n.newest_id as uncovered,
    (select n_live_tup from pg_stat_all_tables where relid = 'broker.events_default'::regclass) as stray
  from broker.settings s
  cross join (select last_value as newest_id from broker.event_id_seq) n
  cross join lateral (
    select m.bounds[1]::bigint as from_id, m.bounds[2]::bigint as to_id
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    cross join lateral regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''(\\d+)''\\) TO \\(''(\\d+)''\\)') m (bounds)
    where i.inhparent = 'broker.events'::regclass
  ) b
  group by s.partitions_ahead, n.newest_id`;

export const eventLog: Check = {
  name: "event log",
  needs: "schema",
  async run(db) {
    const { rows } = await db.query<LogState>(READ_LOG);
    const { ahead, wanted, uncovered, stray } = rows[0]!;
    const findings: Finding[] = [];
    if (uncovered) {
      const advice = "Start a worker: its maintenance makes partitions and moves those events there.";
      findings.push(
        problem("no partition covers the newest events, they go to broker.events_default", advice),
      );
    } else if (ahead < wanted / 2) {
      const advice = "See that a worker runs: its maintenance makes them once a minute.";
      findings.push(warning(`only ${countOf(ahead, "partition")} ready ahead of ${wanted}`, advice));
    }
    if (stray > 0) {
      const advice = "Harmless when they were restored by a redrive; else see that a worker runs.";
      findings.push(warning(`about ${countOf(stray, "event")} in broker.events_default`, advice));
    }
    return orOk(findings, `${countOf(ahead, "partition")} ready ahead`);
  },
};
