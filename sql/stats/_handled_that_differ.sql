create or replace function stats._handled_that_differ(account_id bigint) returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'handled', f.account_id, x.key, x.stored, x.computed
  from stats.settings f
  cross join lateral stats._days(
    f.time_zone,
    least(
      (select min(o.began_at) from stats.ownerships o where o.account_id = f.account_id),
      (select min(h.starts_at) from stats.handled h where h.account_id = f.account_id)
    ),
    stats._first_slot(f.days_until, f.time_zone)
  ) d
  cross join lateral (
    select jsonb_build_object('starts_at', starts_at, 'agent_id', agent_id), to_jsonb(s), to_jsonb(c)
    from (
      select h.* from stats.handled h
      where h.account_id = f.account_id and h.starts_at >= d.starts_at and h.starts_at < d.ends_at
    ) s
    full join (
      select f.account_id, d.starts_at, h.* from stats._handled(f.account_id, d.starts_at, d.ends_at, '-infinity', null) h
    ) c using (starts_at, agent_id)
    where s is distinct from c
  ) x (key, stored, computed)
  where f.account_id = _handled_that_differ.account_id and f.days_until is not null
    and not exists (select from stats.stale_days t where t.account_id = f.account_id and t.starts_at = d.starts_at)
$$;

comment on function stats._handled_that_differ(bigint) is 'Where what is kept of finished days is not what the stored facts say was handled.';
