create or replace function outbound.remove_destination(id integer) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform outbound._destination(remove_destination.id);
  update outbound.destinations d
  set removed_at = broker.now(), enabled = false, settings = '{}', secrets = null
  where d.id = remove_destination.id;
end $$;

comment on function outbound.remove_destination(integer) is
  'Removes a destination at once for everybody, with its settings and secrets. What waits for it, maybe a million deliveries, and its log '
  'are deleted by upkeep, bit by bit. Error: PA063.';
