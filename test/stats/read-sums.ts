import type { Client } from "pg";
import type { Sums } from "./recount.ts";

const SUM = `
  select k.dim || ' ' || (extract(epoch from s.slot) * 1000000)::bigint || ' ' || k.dim_id || ' ' || s.metric as key,
    sum(s.n)::float8 as n, sum(s.total)::float8 as total, sum(s.business)::float8 as business
  from found s cross join lateral (values (s.dim, s.dim_id)) k (dim, dim_id)
  group by 1 having (sum(s.n), sum(s.total), sum(s.business)) <> (0, 0, 0)`;

/** What is stored in account 1, and what is pending: as sums are kept, a row for each metric. */
const SUMMED = (grain: "slot" | "day") => `
  select s.dim, s.starts_at as slot, s.dim_id, m.metric,
    coalesce((to_jsonb(s) ->> (m.metric || '_n'))::bigint, 0) as n, coalesce((to_jsonb(s) ->> (m.metric || '_total'))::bigint, 0) as total,
    coalesce((to_jsonb(s) ->> (m.metric || '_business'))::bigint, 0) as business
  from (
    select f.* from stats.sums f where f.account_id = 1 and f.grain = '${grain}'
    union all
    select f.*
    from stats.pending_changes(1) p
    cross join lateral stats._sums_of(1, '-infinity', 'infinity', p, '{${grain}}') f
  ) s
  cross join unnest(enum_range(null::api.metric)) m (metric)`;

const MEASURED = `
  select k.dim, stats._slot(m.at) as slot, k.dim_id, m.metric, m.n, m.total, m.business
  from (
    select null::stats.changes as changes
    union all
    select p from stats.pending_changes(1) p
  ) c
  cross join lateral stats.measurements(1, '-infinity', 'infinity', c.changes) m
  cross join lateral (values ('account'::api.dimension, 0), ('agent', m.agent_id), ('team', m.team_id), ('inbox', m.inbox_id)) k (dim, dim_id)`;

async function read(client: Client, found: string): Promise<Sums> {
  const { rows } = await client.query(`with found as (${found}) ${SUM}`);
  return new Map(rows.map(({ key, ...sum }) => [key, sum]));
}

/** What a reader of sums sees of account 1: the sums, and what is pending. */
export const readSums = (client: Client) => read(client, SUMMED("slot"));

/** What a reader of single measurements of account 1 sees. */
export const readMeasurements = (client: Client) => read(client, MEASURED);
