create or replace function broker.count_deliveries(queue_id integer, delivered bigint, retried bigint, rejected bigint) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into broker.deliveries (queue_id, delivered, retried, rejected)
  select q.id, count_deliveries.delivered, count_deliveries.retried, count_deliveries.rejected
  from broker.queues q
  -- The queue may have been dropped under its reader.
  where q.id = count_deliveries.queue_id;
$$;

comment on function broker.count_deliveries(integer, bigint, bigint, bigint) is
  'Adds to the totals of broker.queue_status; a reader calls it at most once a second.';
