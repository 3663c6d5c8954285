create or replace function api.disable_webhook_endpoint(endpoint_id integer) returns api.webhook_endpoints
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_endpoint api.webhook_endpoints;
begin
  perform api._webhook_endpoint(disable_webhook_endpoint.endpoint_id);
  update outbound.destinations d set enabled = false where d.id = disable_webhook_endpoint.endpoint_id;
  select * into v_endpoint from api.webhook_endpoints e where e.id = disable_webhook_endpoint.endpoint_id;
  return v_endpoint;
end $$;

comment on function api.disable_webhook_endpoint(integer) is
  E'@resultFieldName webhookEndpoint\n'
  'Switches an endpoint off: nothing is posted to it and new events pass it by; what waits goes on waiting. Error: PA063.';
