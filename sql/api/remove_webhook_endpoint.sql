create or replace function api.remove_webhook_endpoint(endpoint_id integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._webhook_endpoint(remove_webhook_endpoint.endpoint_id);
  perform outbound.remove_destination(remove_webhook_endpoint.endpoint_id);
  return remove_webhook_endpoint.endpoint_id;
end $$;

comment on function api.remove_webhook_endpoint(integer) is
  E'@resultFieldName endpointId\nRemoves an endpoint, with what waits for it and what was logged of it, which takes a while to be deleted. Error: PA063.';
