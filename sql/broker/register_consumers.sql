create or replace function broker.register_consumers(queues text[], tasks text[]) returns setof text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update broker.queues q
  set task = c.task
  from unnest(register_consumers.queues, register_consumers.tasks) as c (queue, task)
  where q.name = c.queue and q.task is distinct from c.task;

  return query
  select c.queue
  from unnest(register_consumers.queues) as c (queue)
  where not exists (select from broker.queues q where q.name = c.queue);
end $$;

comment on function broker.register_consumers(text[], text[]) is
  'Says which graphile-worker tasks read which queues, queues made since included; returns the queues that do not exist.';
