create or replace function broker.unsubscribe(event text, queue text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event broker.t_chatserver_event := broker._event_type(unsubscribe.event);
  v_queue broker.queues := broker._queue(unsubscribe.queue);
begin
  delete from broker.t_chatserver_queue r where r.event_id = v_event.id and r.name = v_queue.name;
  return found;
end $$;

comment on function broker.unsubscribe(text, text) is
  'Stops routing an event to a queue from the next put on; messages already there stay. False when there was no route. Errors: PA001, PA002.';
