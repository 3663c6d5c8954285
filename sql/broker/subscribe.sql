create or replace function broker.subscribe(event text, queue text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event broker.t_chatserver_event := broker._event_type(subscribe.event);
  v_queue broker.queues := broker._queue(subscribe.queue);
begin
  insert into broker.t_chatserver_queue (event_id, name) values (v_event.id, v_queue.name)
  on conflict do nothing;
  return found;
end $$;

comment on function broker.subscribe(text, text) is
  'Routes an event to a queue from the next put on; false when it was already. Errors: PA001, PA002.';
