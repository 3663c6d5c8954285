create or replace function stats._slots_that_differ(account_id bigint, since timestamptz, until timestamptz)
returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'slots', _slots_that_differ.account_id,
    jsonb_build_object('dim', dim, 'slot', slot, 'dim_id', dim_id, 'metric', metric),
    jsonb_build_object('n', s.n, 'total', s.total, 'business', s.business),
    jsonb_build_object('n', c.n, 'total', c.total, 'business', c.business)
  from (
    select f.* from stats.slots f
    where f.account_id = _slots_that_differ.account_id and f.dim = any (enum_range(null::api.dimension)) and f.slot >= since and f.slot < until
  ) s
  full join stats._slots_of(_slots_that_differ.account_id, since, until) c using (dim, slot, dim_id, metric)
  where (s.n, s.total, s.business) is distinct from (c.n, c.total, c.business)
$$;

comment on function stats._slots_that_differ(bigint, timestamptz, timestamptz) is
  'Where the sums of quarter hours are not what the stored facts say.';
