create or replace function broker.register_consumer(queue text, task text)
returns table (queue_id integer, max_attempts smallint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_queue broker.queues := broker._queue(register_consumer.queue);
begin
  update broker.queues q set task = register_consumer.task
  where q.id = v_queue.id and q.task is distinct from register_consumer.task;
  return query select v_queue.id, v_queue.max_attempts;
end $$;

comment on function broker.register_consumer(text, text) is
  'Says which graphile-worker task reads a queue; from now on the sweep starts readers for it. Error: PA002.';
