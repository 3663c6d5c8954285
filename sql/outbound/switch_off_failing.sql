create or replace function outbound.switch_off_failing() returns setof integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination outbound.destinations;
begin
  for v_destination in
    update outbound.destinations d
    set enabled = false, switched_off_at = broker.now()
    -- Not one that failed long ago and has not been tried since.
    where d.enabled and d.failed_at - d.failing_since >= (select s.failing_for from outbound.settings s)
    returning d.*
  loop
    perform outbound._put_error_event(v_destination, 'PA067', format(
      'switched off: failing since %s, at last with %s: %s',
      to_char(v_destination.failing_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), v_destination.error_code, v_destination.error));
    return next v_destination.id;
  end loop;
end $$;

comment on function outbound.switch_off_failing() is
  'Disables destinations that have failed for settings.failing_for without a success, with an Error event (PA067) each, and returns their '
  'ids. What waits for them goes on waiting; enable them to have it delivered.';
