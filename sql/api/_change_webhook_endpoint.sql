create or replace function api._change_webhook_endpoint(
  id integer,
  revision integer,
  name text,
  settings jsonb,
  secrets text,
  events text[],
  concurrency integer,
  rate_per_second double precision
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._webhook_endpoint(_change_webhook_endpoint.id);
  perform api._check_events(_change_webhook_endpoint.events);
  update outbound.destinations d
  set name = _change_webhook_endpoint.name, settings = _change_webhook_endpoint.settings,
    secrets = _change_webhook_endpoint.secrets, events = _change_webhook_endpoint.events,
    concurrency = _change_webhook_endpoint.concurrency, rate_per_second = _change_webhook_endpoint.rate_per_second
  where d.id = _change_webhook_endpoint.id and d.revision = _change_webhook_endpoint.revision;
  if not found then
    raise exception using
      errcode = 'PA005',
      message = format('somebody else changed webhook endpoint %s at the same time', _change_webhook_endpoint.id),
      hint = 'Nothing was changed; try again.';
  end if;
end $$;

comment on function api._change_webhook_endpoint(integer, integer, text, jsonb, text, text[], integer, double precision) is
  'Changes a webhook endpoint of the session''s account that is still of this revision. Settings have been checked, secrets sealed by '
  'whoever calls. Errors: PA001, PA005, PA061, PA063.';
