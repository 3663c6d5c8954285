create or replace function api.redeliver_webhooks(
  endpoint_id integer,
  event_id bigint default null,
  since timestamptz default null,
  until timestamptz default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._webhook_endpoint(redeliver_webhooks.endpoint_id);
  return outbound.redeliver(
    redeliver_webhooks.endpoint_id, redeliver_webhooks.event_id, redeliver_webhooks.since, redeliver_webhooks.until
  );
end $$;

comment on function api.redeliver_webhooks(integer, bigint, timestamptz, timestamptz) is
  E'@resultFieldName count\n'
  'Posts one event, or those that were put from since to before until, once more to an endpoint; each has the id that it had, so that '
  'receivers know it again. Errors: PA008, PA063, PA066.';
