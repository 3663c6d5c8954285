create or replace function stats._add_to_times(changes stats.changes) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_memoize = off
set jit = off
as $$
declare
  -- Most changes are of a day that has not ended.
  v_until constant timestamptz := (
    select max(stats._first_slot(f.days_until, f.time_zone))
    from stats.settings f
    where f.account_id in (
      select d.account_id from unnest((changes.added).dialogs || (changes.removed).dialogs) d
      union
      select t.account_id from unnest((changes.added).turns || (changes.removed).turns) t
      union
      select o.account_id from unnest((changes.added).ownerships || (changes.removed).ownerships) o
    )
  );
begin
  with changed as materialized (
    select c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, c.ms, stats.sum(c.n) as n
    from stats._times_of(null, '-infinity', v_until, changes) c
    group by c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, c.ms
    having stats.sum(c.n) <> 0
  ),
  rows as materialized (
    select c.account_id, c.dim, c.metric, c.starts_at, c.dim_id
    from changed c
    group by c.account_id, c.dim, c.metric, c.starts_at, c.dim_id
  ),
  counted as (
    select c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, c.ms, stats.sum(c.n) as n
    from (
      select * from changed
      union all
      select r.*, stored.ms, 1
      from rows r
      cross join lateral (
        select unnest(t.ms) as ms from stats.times t
        where t.account_id = r.account_id and t.dim = r.dim and t.metric = r.metric and t.starts_at = r.starts_at and t.dim_id = r.dim_id
        offset 0
      ) stored
    ) c
    group by c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, c.ms
  ),
  merged as materialized (
    select c.account_id, c.dim, c.metric, c.starts_at, c.dim_id, array_agg(c.ms order by c.ms) as ms
    from counted c
    cross join lateral generate_series(1, c.n)
    group by c.account_id, c.dim, c.metric, c.starts_at, c.dim_id
  ),
  emptied as (
    delete from stats.times t using (
      select r.* from rows r
      except
      select m.account_id, m.dim, m.metric, m.starts_at, m.dim_id from merged m
    ) e
    where t.account_id = e.account_id and t.dim = e.dim and t.metric = e.metric and t.starts_at = e.starts_at and t.dim_id = e.dim_id
  )
  insert into stats.times
  select m.* from merged m
  order by m.account_id, m.dim, m.metric, m.starts_at, m.dim_id
  on conflict (account_id, dim, metric, starts_at, dim_id) do update set ms = excluded.ms;
end $$;

comment on function stats._add_to_times(stats.changes) is 'Adds to stats.times what replacing the stored facts by these changes.';
