create or replace function broker.refresh_routes() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Two changes at once must not each miss the other. Puts read on.
  lock table broker.routes in share row exclusive mode;
  -- Fails (40001) in a repeatable read transaction whose snapshot is older than the last change: it must not bring it back.
  perform from broker.routes for key share;

  delete from broker.routes r
  where not exists (
    select from broker._wanted_routes() w
    where w.event_name = r.event_name and w.queue_id = r.queue_id and w.lanes = r.lanes
  );
  insert into broker.routes (event_name, queue_id, lanes)
  select w.event_name, w.queue_id, w.lanes from broker._wanted_routes() w
  on conflict do nothing;
  return null;
end $$;

comment on function broker.refresh_routes() is
  'Keeps broker.routes equal to the routing tables, whoever edits them and how.';
