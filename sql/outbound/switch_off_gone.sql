create or replace function outbound.switch_off_gone(id integer, revision integer, error text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations;
begin
  update outbound.destinations d
  set enabled = false, switched_off_at = broker.now(), failing_since = coalesce(d.failing_since, broker.now()),
    failed_at = broker.now(), error_code = 'PA072', error = switch_off_gone.error
  -- Not one that has been mended since: what is gone is where it was.
  where d.id = switch_off_gone.id and d.revision = switch_off_gone.revision and d.enabled
  returning d.* into v_destination;
  if found then
    perform outbound._put_error_event(v_destination, 'PA067', format('switched off: it %s', switch_off_gone.error));
  end if;
end $$;

comment on function outbound.switch_off_gone(integer, integer, text) is
  'Disables a destination that wants no calls any more, if it is still of this revision, with an Error event (PA067). What waits for it goes on waiting; enable it to have '
  'it delivered.';
