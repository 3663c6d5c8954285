create or replace function stats.state(out pending bigint, out rebuilds bigint, out verified_at timestamptz, out differences bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (select count(*) from stats.stale s where s.id >= (select h.id from stats.horizon h)) + (select count(*) from stats.submitted),
    (select count(*) from stats.rebuilds), v.verified_at, v.differences
  from (select) one
  left join lateral (select l.verified_at, l.differences from stats.verifications l order by l.id desc limit 1) v on true
$$;

comment on function stats.state() is
  'For operators: changes that are not summed yet, requests to compute anew, and what the last nightly comparison found; null: none yet.';
