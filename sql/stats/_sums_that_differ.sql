create or replace function stats._sums_that_differ(account_id bigint, since timestamptz, until timestamptz)
returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'sums', _sums_that_differ.account_id,
    jsonb_build_object('grain', grain, 'dim', dim, 'starts_at', starts_at, 'dim_id', dim_id),
    d.stored, d.computed
  from (
    select f.* from stats.sums f
    where f.account_id = _sums_that_differ.account_id and f.grain = any (enum_range(null::stats.grain))
      and f.dim = any (enum_range(null::api.dimension)) and f.starts_at >= since and f.starts_at < until
  ) s
  full join stats._sums_of(_sums_that_differ.account_id, since, until, null, '{slot,day}') c using (grain, dim, starts_at, dim_id)
  cross join lateral (
    select jsonb_object_agg(name, v.stored) as stored, jsonb_object_agg(name, v.computed) as computed
    from (
      select name, jsonb_strip_nulls(to_jsonb(s)) -> name as stored, jsonb_strip_nulls(to_jsonb(c)) -> name as computed
      from jsonb_object_keys(coalesce(to_jsonb(s), to_jsonb(c))) name
    ) v
    where v.stored is distinct from v.computed
  ) d
  where s is distinct from c
$$;

comment on function stats._sums_that_differ(bigint, timestamptz, timestamptz) is
  'Where the sums of quarters of an hour and of finished days are not what the stored facts say.';
