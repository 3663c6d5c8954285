create or replace function api._new_webhook_endpoint_id() returns integer
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select outbound.new_destination_id();
$$;

comment on function api._new_webhook_endpoint_id() is 'The id of an endpoint that is about to be added: its secrets are sealed for it.';
