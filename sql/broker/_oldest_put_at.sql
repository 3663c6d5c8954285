create or replace function broker._oldest_put_at(queue_id integer) returns timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
  return (
    select min(e.put_at)
    from (
      select m.event_id
      from broker.lanes l
      cross join lateral (
        select m.event_id from broker.messages m
        where m.queue_id = _oldest_put_at.queue_id and m.lane = l.lane and m.id > l.low_id
        order by m.id
        limit 1
      ) m
      where l.queue_id = _oldest_put_at.queue_id
      union all
      (
        select d.event_id from broker.delayed_messages d
        where d.queue_id = _oldest_put_at.queue_id and d.kind <> 'scheduled'
        order by d.id
        limit 1
      )
    ) o
    join broker.events e on e.id = o.event_id
  );
end $$;

comment on function broker._oldest_put_at(integer) is 'When the oldest message of a queue was put, those that wait for a retry included.';
