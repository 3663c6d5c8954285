create or replace function stats._histograms_of(account_id bigint, time_zone text, since timestamptz, until timestamptz)
returns setof stats.histograms
language sql stable
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
as $$
  select _histograms_of.account_id, k.dim, m.metric, stats._day(stats._slot(m.at), time_zone), k.dim_id, stats._bucket(m.total), count(*)
  from stats.measurements(_histograms_of.account_id, since, until, null, rolled_up => false,
    metrics => array(select t from unnest(enum_range(null::api.metric)) t where stats._has_times(t))) m
  cross join lateral stats._dimensions(m.agent_id, m.team_id, m.inbox_id) k
  group by k.dim, m.metric, stats._day(stats._slot(m.at), time_zone), k.dim_id, stats._bucket(m.total)
$$;

comment on function stats._histograms_of(bigint, text, timestamptz, timestamptz) is 'What stats.histograms must hold of the stored facts.';
