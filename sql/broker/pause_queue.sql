create or replace function broker.pause_queue(queue text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queue broker.queues := broker._queue(pause_queue.queue);
begin
  update broker.queues q set enabled = false where q.id = v_queue.id and q.enabled;
  return found;
end $$;

comment on function broker.pause_queue(text) is
  'Stops deliveries of a queue; messages still arrive. What a reader has in hand is finished. False when it was paused. Error: PA002.';
