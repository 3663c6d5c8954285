create or replace function api._webhook_endpoint(id integer) returns outbound.destinations
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_endpoint outbound.destinations;
begin
  select * into v_endpoint
  from outbound.destinations d
  where d.id = _webhook_endpoint.id and d.kind = 'webhook' and d.account_id = stats.current_account() and d.removed_at is null;
  if not found then
    raise exception using
      errcode = 'PA063',
      message = format('there is no webhook endpoint %s', _webhook_endpoint.id),
      hint = 'webhookEndpoints lists those of your account.';
  end if;
  return v_endpoint;
end $$;

comment on function api._webhook_endpoint(integer) is 'A webhook endpoint of the session''s account, its secrets sealed. Error: PA063.';
