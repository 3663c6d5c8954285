create or replace function outbound.new_destination_id() returns integer
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select nextval(pg_get_serial_sequence('outbound.destinations', 'id'))::integer;
$$;

comment on function outbound.new_destination_id() is
  'The id of a destination that is about to be added with secrets, which are sealed for it: insert it "overriding system value".';
