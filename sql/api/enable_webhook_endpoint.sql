create or replace function api.enable_webhook_endpoint(endpoint_id integer) returns api.webhook_endpoints
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_endpoint api.webhook_endpoints;
begin
  perform api._webhook_endpoint(enable_webhook_endpoint.endpoint_id);
  update outbound.destinations d set enabled = true where d.id = enable_webhook_endpoint.endpoint_id;
  select * into v_endpoint from api.webhook_endpoints e where e.id = enable_webhook_endpoint.endpoint_id;
  return v_endpoint;
end $$;

comment on function api.enable_webhook_endpoint(integer) is
  E'@resultFieldName webhookEndpoint\n'
  'Switches an endpoint on, also one that was switched off because it kept failing: what waits for it is posted. Error: PA063.';
