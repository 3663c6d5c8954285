create or replace function broker._hold_blocked_keys(
  queue_id integer,
  lanes smallint[],
  after_ids bigint[],
  max_per_lane integer,
  in_hand bigint[]
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  with blocked as (
    select m.lane, m.id, m.event_id, k.key
    from unnest(_hold_blocked_keys.lanes, _hold_blocked_keys.after_ids) as l (lane, after_id)
    cross join lateral (
      select m.lane, m.id, m.event_id
      from broker.messages m
      where m.queue_id = _hold_blocked_keys.queue_id and m.lane = l.lane and m.id > l.after_id
        and (_hold_blocked_keys.in_hand is null or m.id <> all (_hold_blocked_keys.in_hand))
      order by m.id
      limit _hold_blocked_keys.max_per_lane
    ) m
    join broker.events e on e.id = m.event_id
    cross join lateral (select coalesce(e.key, broker.conversation_group(e.data)) as key) k
    where exists (
      select
      from broker.delayed_messages d
      where d.queue_id = _hold_blocked_keys.queue_id and d.key = k.key and d.kind <> 'scheduled'
    )
  ), taken as (
    delete from broker.messages m
    using blocked b
    where m.queue_id = _hold_blocked_keys.queue_id and m.lane = b.lane and m.id = b.id
    returning m.lane, m.id, m.event_id, b.key
  )
  insert into broker.delayed_messages (queue_id, lane, id, event_id, key, kind, run_at)
  select _hold_blocked_keys.queue_id, t.lane, t.id, t.event_id, t.key, 'waiting', 'infinity'
  from taken t;
$$;

comment on function broker._hold_blocked_keys(integer, smallint[], bigint[], integer, bigint[]) is
  'Moves the next messages whose key waits for a retry behind that retry, so that the rest of the lane flows.';
