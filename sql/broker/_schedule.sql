create or replace function broker._schedule(event broker.events) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text := coalesce(event.key, broker.conversation_group(event.data));
  v_id bigint := nextval('broker.message_id_seq');
begin
  insert into broker.delayed_messages (queue_id, lane, id, event_id, key, kind, run_at)
  select r.queue_id, broker.lane_of(v_key, v_id, r.lanes), v_id, event.id, v_key, 'scheduled', event.run_at
  from broker.routes r
  where r.event_name = event.name and r.queue_id <> 0;
  if not found then
    -- Refuses an unknown name; a known event that no queue receives is well.
    perform broker._event_type(event.name);
  end if;
end $$;

comment on function broker._schedule(broker.events) is
  'Puts a message of the future aside for every subscribed queue; it gets its place in the queue when its time comes. Error: PA001.';
