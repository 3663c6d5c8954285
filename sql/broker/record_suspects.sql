create or replace function broker.record_suspects(queue_id integer, ids bigint[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into broker.suspect_messages as s (queue_id, id)
  select q.id, i
  from broker.queues q
  cross join unnest(record_suspects.ids) i
  where q.id = record_suspects.queue_id
  on conflict on constraint suspect_messages_pkey do update set crashes = s.crashes + 1;
$$;

comment on function broker.record_suspects(integer, bigint[]) is
  'Before messages run in a lane whose last reader crashed: counts a crash for each in advance.';
