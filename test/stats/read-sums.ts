import type { Client } from "pg";
import type { Sums } from "./recount.ts";

const SUM = `
  select k.dim || ' ' || (extract(epoch from s.slot) * 1000000)::bigint || ' ' || k.dim_id || ' ' || s.metric as key,
    sum(s.n)::float8 as n, sum(s.total)::float8 as total, sum(s.business)::float8 as business
  from found s cross join lateral (values (s.dim, s.dim_id)) k (dim, dim_id)
  group by 1 having (sum(s.n), sum(s.total), sum(s.business)) <> (0, 0, 0)`;

const MEASURED = (rolledUp: boolean) => `
  select k.dim, stats._slot(m.at) as slot, k.dim_id, m.metric, m.n, m.total, m.business
  from stats.measurements(1, '-infinity', 'infinity', (select p from stats.pending(1) p), ${rolledUp}) m
  cross join lateral (values ('account'::api.dimension, 0), ('agent', m.agent_id), ('team', m.team_id), ('inbox', m.inbox_id)) k (dim, dim_id)`;

async function read(client: Client, found: string): Promise<Sums> {
  const { rows } = await client.query(`with found as (${found}) ${SUM}`);
  return new Map(rows.map(({ key, ...sum }) => [key, sum]));
}

/** What a reader of sums sees of account 1: the sums, and what is pending. */
export const readSums = (client: Client) =>
  read(
    client,
    `select dim, slot, dim_id, metric, n, total, business from stats.slots where account_id = 1 union all ${MEASURED(true)}`,
  );

/** What a reader of single measurements of account 1 sees. */
export const readMeasurements = (client: Client) => read(client, MEASURED(false));
