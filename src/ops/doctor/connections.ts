import { type Check, ok, problem, warning } from "./check.ts";

interface Budget {
  usable: number;
  used: number;
  readers: number;
  open: number;
}

/** What a worker needs beside its readers: pool, listener, graphile-worker, metrics. */
const BASE = 15;

const READ_BUDGET = `
  select
    (select sum(setting::int) filter (where name = 'max_connections')
       - sum(setting::int) filter (where name <> 'max_connections')
     from pg_settings
     where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections'))::int as usable,
    (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as used,
    (select sum(least(q.max_readers, q.lanes)) from broker.queues q)::int as readers,
    (select coalesce(sum(s.readers), 0) from broker.queue_status s)::int as open`;

export const connections: Check = {
  name: "connections",
  needs: "schema",
  async run(db) {
    const { rows } = await db.query<Budget>(READ_BUDGET);
    const { usable, used, readers, open } = rows[0]!;
    const free = usable - used;
    const needed = Math.max(0, readers - open) + BASE;
    const text = `${free} of ${usable} free; one more worker with every reader busy takes up to ${needed}`;
    const advice = "Raise max_connections, end idle sessions, or lower broker.queues.max_readers.";
    if (free < BASE) return [problem(text, advice)];
    return [free < needed ? warning(text, advice) : ok(text)];
  },
};
