create or replace function stats._kept_times_of(account_id bigint, since timestamptz, until timestamptz) returns setof stats.times
language sql stable
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
as $$
  select t.account_id, t.dim, t.metric, t.starts_at, t.dim_id, array_agg(t.ms order by t.ms)
  from stats._times_of(_kept_times_of.account_id, since, until, null) t
  group by t.account_id, t.dim, t.metric, t.starts_at, t.dim_id
$$;

comment on function stats._kept_times_of(bigint, timestamptz, timestamptz) is 'What stats.times must hold of the stored facts.';
