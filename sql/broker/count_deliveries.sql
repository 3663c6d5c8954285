create or replace function broker.count_deliveries(queue_id integer, delivered bigint, retried bigint, rejected bigint) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into broker.deliveries (queue_id, delivered, retried, rejected)
  values (count_deliveries.queue_id, count_deliveries.delivered, count_deliveries.retried, count_deliveries.rejected);
$$;

comment on function broker.count_deliveries(integer, bigint, bigint, bigint) is
  'Adds to the totals of broker.queue_status; a reader calls it at most once a second.';
