create or replace function outbound.forget_rejected() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  delete from outbound.deliveries d
  where d.state = 'rejected'
    and not exists (select from broker.error_messages e where e.id = d.error_id)
    -- What has been redriven comes back as a message, and keeps its event.
    and not exists (select from broker.events e where e.id = d.event_id);
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function outbound.forget_rejected() is 'Deletes rejected deliveries whose error was discarded, and returns how many.';
