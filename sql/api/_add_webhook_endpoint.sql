create or replace function api._add_webhook_endpoint(
  id integer,
  name text,
  settings jsonb,
  secrets text,
  events text[],
  concurrency integer,
  rate_per_second double precision
) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._check_events(_add_webhook_endpoint.events);
  insert into outbound.destinations (id, account_id, kind, name, settings, secrets, events, concurrency, rate_per_second)
  overriding system value
  values (
    _add_webhook_endpoint.id, stats.current_account(), 'webhook', _add_webhook_endpoint.name, _add_webhook_endpoint.settings, _add_webhook_endpoint.secrets,
    _add_webhook_endpoint.events, coalesce(_add_webhook_endpoint.concurrency, 10), _add_webhook_endpoint.rate_per_second
  );
  return _add_webhook_endpoint.id;
end $$;

comment on function api._add_webhook_endpoint(integer, text, jsonb, text, text[], integer, double precision) is
  'Adds a webhook endpoint to the session''s account. Settings have been checked, secrets sealed for this id by whoever '
  'calls. Errors: PA001, PA061, PA069.';
