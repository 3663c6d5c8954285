create or replace function stats._sum_days(account_id bigint, time_zone text, since date, until date) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_dims constant api.dimension[] := enum_range(null::api.dimension);
  v_since constant timestamptz := stats._first_slot(since, time_zone);
  v_until constant timestamptz := stats._first_slot(until, time_zone);
begin
  delete from stats.days d
  where d.account_id = _sum_days.account_id and d.dim = any (v_dims) and d.day >= since and d.day < until;
  insert into stats.days
  select s.account_id, s.dim, stats._day(s.slot, time_zone), s.dim_id, s.metric, stats.sum(s.n), stats.sum(s.total), stats.sum(s.business)
  from stats.slots s
  where s.account_id = _sum_days.account_id and s.dim = any (v_dims) and s.slot >= v_since and s.slot < v_until
  group by s.account_id, s.dim, stats._day(s.slot, time_zone), s.dim_id, s.metric
  having stats.sum(s.n) <> 0 or stats.sum(s.total) <> 0 or stats.sum(s.business) <> 0
  order by s.account_id, s.dim, stats._day(s.slot, time_zone), s.dim_id, s.metric;

  delete from stats.histograms h
  where h.account_id = _sum_days.account_id and h.dim = any (v_dims) and h.day >= since and h.day < until;
  insert into stats.histograms
  select h.* from stats._histograms_of(account_id, time_zone, v_since, v_until) h
  order by h.account_id, h.dim, h.metric, h.day, h.dim_id, h.bucket;
end $$;

comment on function stats._sum_days(bigint, text, date, date) is
  'Sums the days of an account anew: from the sums of their quarter hours, and histograms from the stored facts.';
