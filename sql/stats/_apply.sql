create or replace function stats._apply(changes stats.facts) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_slots stats.slots[];
  v_days stats.days[];
  v_histograms stats.histograms[];
begin
  with account as materialized (
    select d.dialog_id, d.account_id from unnest(changes.dialogs) d
    union
    select d.dialog_id, d.account_id from stats.dialogs d where d.dialog_id = any (changes.stale)
  ),
  finished as materialized (
    select s.account_id, s.time_zone, s.days_until
    from stats.settings s
    where s.account_id in (select a.account_id from account a) and s.days_until is not null
  ),
  measured as materialized (
    select a.account_id, stats._slot(m.at) as slot, m.metric, m.agent_id, m.team_id, m.inbox_id, m.n, m.total, m.business
    from stats.measurements(null, '-infinity', 'infinity', changes, rolled_up => true) m
    join account a on a.dialog_id = m.dialog_id
  ),
  -- Most of what a dialog measured before it still measures: that is left out before it is counted in four sums.
  changed as materialized (
    select m.account_id, m.slot, m.metric, m.agent_id, m.team_id, m.inbox_id, stats.sum(m.n) as n, stats.sum(m.total) as total,
      stats.sum(m.business) as business
    from measured m
    group by m.account_id, m.slot, m.metric, m.agent_id, m.team_id, m.inbox_id
    having stats.sum(m.n) <> 0 or stats.sum(m.total) <> 0 or stats.sum(m.business) <> 0
  ),
  summed as materialized (
    select c.account_id, k.dim, c.slot, k.dim_id, c.metric, stats.sum(c.n) as n, stats.sum(c.total) as total, stats.sum(c.business) as business
    from changed c
    cross join lateral stats._dimensions(c.agent_id, c.team_id, c.inbox_id) k
    group by c.account_id, k.dim, c.slot, k.dim_id, c.metric
    having stats.sum(c.n) <> 0 or stats.sum(c.total) <> 0 or stats.sum(c.business) <> 0
  ),
  slot as (
    insert into stats.slots as s
    select m.* from summed m
    order by m.account_id, m.dim, m.slot, m.dim_id, m.metric
    on conflict (account_id, dim, slot, dim_id, metric) do update
    set n = s.n + excluded.n, total = s.total + excluded.total, business = s.business + excluded.business
    returning s
  ),
  day as (
    insert into stats.days as s
    select m.account_id, m.dim, stats._day(m.slot, f.time_zone), m.dim_id, m.metric, stats.sum(m.n), stats.sum(m.total), stats.sum(m.business)
    from summed m
    join finished f on f.account_id = m.account_id and stats._day(m.slot, f.time_zone) < f.days_until
    group by m.account_id, m.dim, stats._day(m.slot, f.time_zone), m.dim_id, m.metric
    having stats.sum(m.n) <> 0 or stats.sum(m.total) <> 0 or stats.sum(m.business) <> 0
    on conflict (account_id, dim, day, dim_id, metric) do update
    set n = s.n + excluded.n, total = s.total + excluded.total, business = s.business + excluded.business
    returning s
  ),
  histogram as (
    insert into stats.histograms as s
    select m.account_id, k.dim, m.metric, stats._day(m.slot, f.time_zone), k.dim_id, stats._bucket(m.total * m.n), stats.sum(m.n)
    from measured m
    join finished f on f.account_id = m.account_id and stats._day(m.slot, f.time_zone) < f.days_until
    cross join lateral stats._dimensions(m.agent_id, m.team_id, m.inbox_id) k
    where stats._has_times(m.metric)
    group by m.account_id, k.dim, m.metric, stats._day(m.slot, f.time_zone), k.dim_id, stats._bucket(m.total * m.n)
    having stats.sum(m.n) <> 0
    on conflict (account_id, dim, metric, day, dim_id, bucket) do update set n = s.n + excluded.n
    returning s
  )
  select
    array(select row((s).*)::stats.slots from slot where (s).n = 0 and (s).total = 0 and (s).business = 0),
    array(select row((s).*)::stats.days from day where (s).n = 0 and (s).total = 0 and (s).business = 0),
    array(select row((s).*)::stats.histograms from histogram where (s).n = 0)
  into v_slots, v_days, v_histograms;

  -- What no longer counts leaves no trace, so that sums are the same however they came about.
  delete from stats.slots s using unnest(v_slots) z
  where s.account_id = z.account_id and s.dim = z.dim and s.slot = z.slot and s.dim_id = z.dim_id and s.metric = z.metric;
  delete from stats.days s using unnest(v_days) z
  where s.account_id = z.account_id and s.dim = z.dim and s.day = z.day and s.dim_id = z.dim_id and s.metric = z.metric;
  delete from stats.histograms s using unnest(v_histograms) z
  where s.account_id = z.account_id and s.dim = z.dim and s.metric = z.metric and s.day = z.day and s.dim_id = z.dim_id
    and s.bucket = z.bucket;
end $$;

comment on function stats._apply(stats.facts) is 'Adds to the sums what replacing the stored facts by these changes.';
