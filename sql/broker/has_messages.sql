create or replace function broker.has_messages(queue_id integer) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select broker._waiting(has_messages.queue_id, 1) > 0
    and exists (select from broker.queues q where q.id = has_messages.queue_id and q.enabled);
$$;

comment on function broker.has_messages(integer) is 'Is there something to deliver? A reader asks once more after it armed the queue.';
