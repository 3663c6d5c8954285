-- No two ownerships of a dialog overlap: so what differs of all that an agent handled is what differs of the changed ones.
create or replace function stats._days_changed(changes stats.changes) returns setof stats.stale_days
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  -- Most changes are of a day that has not ended.
  if not exists (
    select from (
      select o.account_id, min(o.began_at) as began_at
      from unnest((changes.removed).ownerships || (changes.added).ownerships) o
      group by o.account_id
    ) c
    join stats.settings f on f.account_id = c.account_id
    where c.began_at < stats._first_slot(f.days_until, f.time_zone)
  ) then
    return;
  end if;

  return query
  with finished as materialized (
    select f.account_id, f.time_zone, stats._first_slot(f.days_until, f.time_zone) as ends_at
    from stats.settings f
    where f.days_until is not null and f.account_id in (
      select o.account_id from unnest((changes.removed).ownerships || (changes.added).ownerships) o
    )
  ),
  changed as (
    select f.account_id, f.time_zone, f.ends_at, o.agent_id, o.dialog_id,
      coalesce(range_agg(o.handled) filter (where o.is_new), '{}') * tstzmultirange(tstzrange(null, f.ends_at)) as added,
      coalesce(range_agg(o.handled) filter (where not o.is_new), '{}') * tstzmultirange(tstzrange(null, f.ends_at)) as removed
    from (
      select true as is_new, a.account_id, a.agent_id, a.dialog_id, a.began_at, a.handled from unnest((changes.added).ownerships) a
      union all
      select false, r.account_id, r.agent_id, r.dialog_id, r.began_at, r.handled from unnest((changes.removed).ownerships) r
    ) o
    join finished f on f.account_id = o.account_id
    where o.began_at < f.ends_at
    group by f.account_id, f.time_zone, f.ends_at, o.agent_id, o.dialog_id
  )
  select distinct c.account_id, d.starts_at, d.ends_at
  from changed c
  cross join lateral (
    select coalesce(range_agg(s.handled), '{}') as handled from stats.ownerships s
    where s.dialog_id = c.dialog_id and s.agent_id = c.agent_id
    offset 0
  ) stored
  -- What is handled on a later day has been handled before, since another moment.
  cross join lateral unnest(
    (stored.handled + c.added) * tstzmultirange(tstzrange(lower((c.added - c.removed) + (c.removed - c.added)), c.ends_at))
  ) touched (span)
  cross join lateral stats._days(c.time_zone, lower(touched.span), upper(touched.span)) d
  where c.added <> c.removed;
end $$;

comment on function stats._days_changed(stats.changes) is
  'The finished days of which stats.handled says something else with these changes. Asked before they are stored.';
