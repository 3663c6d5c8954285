create or replace function stats._times_that_differ(account_id bigint, since timestamptz, until timestamptz)
returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'times', _times_that_differ.account_id,
    jsonb_build_object('dim', dim, 'metric', metric, 'starts_at', starts_at, 'dim_id', dim_id), to_jsonb(s.ms), to_jsonb(c.ms)
  from (
    select f.* from stats.times f
    where f.account_id = _times_that_differ.account_id and f.dim = any (enum_range(null::api.dimension))
      and f.metric = any (enum_range(null::api.metric)) and f.starts_at >= since and f.starts_at < until
  ) s
  full join stats._kept_times_of(_times_that_differ.account_id, since, until) c using (dim, metric, starts_at, dim_id)
  where s.ms is distinct from c.ms
$$;

comment on function stats._times_that_differ(bigint, timestamptz, timestamptz) is
  'Where the times of finished days are not what the stored facts say.';
