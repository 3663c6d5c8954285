create or replace function stats._slots_of(account_id bigint, since timestamptz, until timestamptz) returns setof stats.slots
language sql stable
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
as $$
  select _slots_of.account_id, k.dim, stats._slot(m.at), k.dim_id, m.metric, stats.sum(m.n), stats.sum(m.total),
    stats.sum(m.business)
  from stats.measurements(_slots_of.account_id, since, until, null, rolled_up => false) m
  cross join lateral stats._dimensions(m.agent_id, m.team_id, m.inbox_id) k
  group by k.dim, stats._slot(m.at), k.dim_id, m.metric
$$;

comment on function stats._slots_of(bigint, timestamptz, timestamptz) is 'What stats.slots must hold of the stored facts.';
