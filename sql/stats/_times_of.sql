create or replace function stats._times_of(of_account_id bigint, since timestamptz, until timestamptz, changes stats.changes)
returns table (account_id bigint, dim api.dimension, metric api.metric, starts_at timestamptz, dim_id bigint, ms bigint, n bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set work_mem = '128MB'
set enable_seqscan = off
set enable_nestloop = off
set enable_sort = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := of_account_id;
  c_metrics constant api.metric[] := array(select m from unnest(enum_range(null::api.metric)) m where stats._has_times(m));
begin
  return query
  with measured as materialized (
    select m.account_id, stats._slot(m.at) as slot, m.metric, m.agent_id, m.team_id, m.inbox_id, m.total * m.n as ms, m.n
    from stats.measurements(v_account_id, since, until, changes, c_metrics) m
  ),
  days as materialized (
    select s.account_id, s.slot, stats._first_slot(stats._day(s.slot, f.time_zone), f.time_zone) as starts_at
    from (select m.account_id, m.slot from measured m group by m.account_id, m.slot) s
    join stats.settings f on f.account_id = s.account_id
    where stats._day(s.slot, f.time_zone) < f.days_until
  )
  select m.account_id, k.dim, m.metric, d.starts_at, k.dim_id, m.ms, m.n
  from measured m
  join days d on d.account_id = m.account_id and d.slot = m.slot
  cross join lateral stats._dimensions(m.agent_id, m.team_id, m.inbox_id) k;
end $$;

comment on function stats._times_of(bigint, timestamptz, timestamptz, stats.changes) is
  'Each time that was measured on a finished day, as rows of stats.times hold it: of the stored facts of an account; or what changes add, and '
  'what they take (n is -1).';
