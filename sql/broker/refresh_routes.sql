create or replace function broker.refresh_routes() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Two changes at once must not each miss the other. Puts read on.
  lock table broker.routes in share row exclusive mode;
  -- Fails (40001) in a repeatable read transaction whose snapshot is older than the last change: it must not bring it back.
  perform from broker.routes for key share;

  -- PostgreSQL announces a new partition just after the commit has made rows visible: a put in that moment would find the
  -- route to a queue made in this transaction, but not its partition.
  if exists (
    select
    from broker.queues q
    join broker.t_chatserver_queue r on r.name = q.name
    where q.created_at = transaction_timestamp()
  ) then
    perform broker._make_puts_wait();
  end if;

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
