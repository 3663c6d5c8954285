create or replace function outbound.release(ids integer[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select pg_advisory_unlock(1346458187, i) from unnest(release.ids) i;
$$;

comment on function outbound.release(integer[]) is 'Leaves these destinations to other dispatchers.';
