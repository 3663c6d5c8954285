create or replace view broker.queue_status as
select
  q.name as queue,
  q.enabled,
  broker._depth(q.id) as waiting,
  (select count(*) from broker.delayed_messages d where d.queue_id = q.id) as delayed,
  (select count(*) from broker.error_messages e where e.queue_id = q.id) as errors,
  round(extract(epoch from broker.now() - broker._oldest_put_at(q.id)), 3) as oldest_age_s,
  (select count(*) from broker._readers(q.id)) as readers,
  t.delivered_total,
  t.retried_total,
  t.rejected_total,
  t.delivered_per_minute,
  q.task
from broker.queues q
cross join lateral (
  select
    coalesce(sum(d.delivered), 0)::bigint as delivered_total,
    coalesce(sum(d.retried), 0)::bigint as retried_total,
    coalesce(sum(d.rejected), 0)::bigint as rejected_total,
    coalesce(sum(d.delivered) filter (where d.at > broker.now() - interval '1 minute'), 0)::bigint as delivered_per_minute
  from broker.deliveries d
  where d.queue_id = q.id
) t
order by q.id;

comment on view broker.queue_status is 'One row per queue for operators and metrics; cheap enough to ask every few seconds.';
comment on column broker.queue_status.waiting is 'Messages ready to be delivered; exact up to 100,000.';
comment on column broker.queue_status.delayed is 'Scheduled messages, retries, and messages held behind a retry of their key.';
comment on column broker.queue_status.errors is 'Messages of this queue in the error queue.';
comment on column broker.queue_status.oldest_age_s is 'Seconds since the oldest undelivered event was put; null when there is none. Scheduled ones do not count.';
comment on column broker.queue_status.readers is 'Sessions that read the queue now.';
comment on column broker.queue_status.delivered_total is 'Messages handled since the queue was created; readers report within a second or two.';
comment on column broker.queue_status.task is 'graphile-worker task that reads the queue; null: no consumer has ever been started, messages are kept.';
