create or replace function broker.compact_deliveries() returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  with crowded as (
    select d.queue_id, date_trunc('hour', d.at) as hour
    from broker.deliveries d
    where d.at < date_trunc('hour', broker.now() - interval '1 minute')
    group by 1, 2
    having count(*) > 1
  ), taken as (
    delete from broker.deliveries d
    using crowded c
    where d.queue_id = c.queue_id and d.at >= c.hour and d.at < c.hour + interval '1 hour'
    returning d.queue_id, c.hour, d.delivered, d.retried, d.rejected
  )
  insert into broker.deliveries (queue_id, at, delivered, retried, rejected)
  select t.queue_id, t.hour, sum(t.delivered), sum(t.retried), sum(t.rejected)
  from taken t
  group by t.queue_id, t.hour;
$$;

comment on function broker.compact_deliveries() is 'Sums what readers reported into one row per queue and hour.';
