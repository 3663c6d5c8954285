create or replace function broker._retry_delay(queue_id integer, attempt integer) returns interval
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select make_interval(secs => (0.75 + random() / 2)
    * least(extract(epoch from q.retry_delay) * 2 ^ least(_retry_delay.attempt - 1, 60), extract(epoch from q.retry_delay_max)))
  from broker.queues q
  where q.id = _retry_delay.queue_id;
$$;

comment on function broker._retry_delay(integer, integer) is
  'Exponential backoff with 25 % jitter either way, so that messages that failed together do not come back together.';
