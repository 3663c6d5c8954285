create or replace function outbound._destination(id integer) returns outbound.destinations
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations;
begin
  select * into v_destination from outbound.destinations d where d.id = _destination.id and d.removed_at is null;
  if not found then
    raise exception using
      errcode = 'PA063',
      message = format('unknown destination %s', coalesce(_destination.id::text, 'null')),
      hint = 'See outbound.destination_states, or ./parley destinations, for those there are.';
  end if;
  return v_destination;
end $$;

comment on function outbound._destination(integer) is 'The destination of that id; PA063 when there is none.';
