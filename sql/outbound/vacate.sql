create or replace function outbound.vacate(ids integer[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from outbound.holders h where h.destination_id = any (vacate.ids);
$$;

comment on function outbound.vacate(integer[]) is
  'Notes that nothing is under way for these destinations any more. Before they are released, and in a transaction of its own: whoever holds '
  'them next must see it.';
