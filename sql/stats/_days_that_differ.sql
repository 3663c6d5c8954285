create or replace function stats._days_that_differ(account_id bigint, time_zone text, since date, until date)
returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'days', _days_that_differ.account_id,
    jsonb_build_object('dim', dim, 'day', day, 'dim_id', dim_id, 'metric', metric),
    jsonb_build_object('n', s.n, 'total', s.total, 'business', s.business),
    jsonb_build_object('n', c.n, 'total', c.total, 'business', c.business)
  from (
    select f.* from stats.days f
    where f.account_id = _days_that_differ.account_id and f.dim = any (enum_range(null::api.dimension)) and f.day >= since and f.day < until
  ) s
  full join (
    select f.dim, stats._day(f.slot, time_zone) as day, f.dim_id, f.metric, sum(f.n) as n, sum(f.total) as total, sum(f.business) as business
    from stats.slots f
    where f.account_id = _days_that_differ.account_id and f.dim = any (enum_range(null::api.dimension))
      and f.slot >= stats._first_slot(since, time_zone) and f.slot < stats._first_slot(until, time_zone)
    group by f.dim, stats._day(f.slot, time_zone), f.dim_id, f.metric
    having sum(f.n) <> 0 or sum(f.total) <> 0 or sum(f.business) <> 0
  ) c using (dim, day, dim_id, metric)
  where (s.n, s.total, s.business) is distinct from (c.n, c.total, c.business)
  union all
  select 'histograms', _days_that_differ.account_id,
    jsonb_build_object('dim', dim, 'metric', metric, 'day', day, 'dim_id', dim_id, 'bucket', bucket),
    jsonb_build_object('n', s.n), jsonb_build_object('n', c.n)
  from (
    select f.* from stats.histograms f
    where f.account_id = _days_that_differ.account_id and f.dim = any (enum_range(null::api.dimension)) and f.day >= since and f.day < until
  ) s
  full join stats._histograms_of(_days_that_differ.account_id, time_zone, stats._first_slot(since, time_zone),
    stats._first_slot(until, time_zone)) c using (dim, metric, day, dim_id, bucket)
  where s.n is distinct from c.n
$$;

comment on function stats._days_that_differ(bigint, text, date, date) is
  'Where the sums of finished days are not what their quarter hours say, or their histograms not what the stored facts say.';
