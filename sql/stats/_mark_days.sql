create or replace function stats._mark_days(account_id bigint, since timestamptz, until timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  insert into stats.stale_days
  select f.account_id, d.starts_at, d.ends_at
  from stats.settings f
  -- Nothing was handled before.
  cross join lateral (select min(o.began_at) as began_at from stats.ownerships o where o.account_id = f.account_id) first
  cross join lateral stats._days(
    f.time_zone, case when first.began_at is not null then greatest(since, first.began_at) end,
    least(until, stats._first_slot(f.days_until, f.time_zone))
  ) d
  where f.account_id = _mark_days.account_id and f.days_until is not null
  on conflict do nothing;
end $$;

comment on function stats._mark_days(bigint, timestamptz, timestamptz) is
  'Notes that what was handled on the finished days that overlap [since, until) is to be kept anew.';
