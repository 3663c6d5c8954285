create or replace function outbound._put_error_event(destination outbound.destinations, code text, error text) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into broker.events (name, data)
  select 'Error', jsonb_build_object(
    'DestinationId', destination.id, 'SiteId', destination.account_id, 'Kind', destination.kind, 'Destination', destination.name,
    'Code', code, 'Error', error, 'FailedAt', broker.now())
  -- A DBA may have deleted the event: nobody wants to hear of errors then.
  where exists (select from broker.t_chatserver_event t where t.name = 'Error');
$$;

comment on function outbound._put_error_event(outbound.destinations, text, text) is
  'Puts an Error event about a destination as a whole; those of single deliveries come from the error queue.';
