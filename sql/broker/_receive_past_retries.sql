create or replace function broker._receive_past_retries(
  queue_id integer,
  lanes smallint[],
  after_ids bigint[],
  max_per_lane integer,
  in_hand bigint[],
  max_bytes bigint
) returns table (
  lane smallint,
  id bigint,
  event_id bigint,
  event_name text,
  key text,
  data jsonb,
  put_at timestamptz,
  attempts smallint
)
language sql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  -- One statement, so one snapshot: a message committed meanwhile must neither be delivered nor passed over unexamined.
  with next as materialized (
    select m.ctid, m.lane, m.id, m.event_id, e.name, k.key, e.data, e.put_at,
      exists (
        select
        from broker.delayed_messages d
        where d.queue_id = _receive_past_retries.queue_id and d.key = k.key and d.kind <> 'scheduled'
      ) as blocked
    from unnest(_receive_past_retries.lanes, _receive_past_retries.after_ids) as l (lane, after_id)
    cross join lateral (
      select m.ctid, m.lane, m.id, m.event_id
      from broker.messages m
      where m.queue_id = _receive_past_retries.queue_id and m.lane = l.lane and m.id > l.after_id
        and (_receive_past_retries.in_hand is null or m.id <> all (_receive_past_retries.in_hand))
      order by m.id
      limit _receive_past_retries.max_per_lane
    ) m
    cross join lateral (select e.name, e.key, e.data, e.put_at from broker.events e where e.id = m.event_id offset 0) e
    cross join lateral (select coalesce(e.key, broker.conversation_group(e.data)) as key) k
  ), taken as (
    delete from broker.messages m
    where m.queue_id = _receive_past_retries.queue_id
      and m.ctid = any (array(select n.ctid from next n where n.blocked))
    returning m.id
  ), held as (
    insert into broker.delayed_messages (queue_id, lane, id, event_id, key, kind, run_at)
    select _receive_past_retries.queue_id, n.lane, n.id, n.event_id, n.key, 'waiting', 'infinity'
    from taken t
    join next n on n.id = t.id
  )
  select r.lane, r.id, r.event_id, r.name, r.key, r.data, r.put_at, null::smallint
  from (
    select n.*,
      sum(pg_column_size(n.data)) over (order by n.id rows between unbounded preceding and 1 preceding) as bytes_before
    from next n
    where not n.blocked
  ) r
  where r.bytes_before is null or r.bytes_before < _receive_past_retries.max_bytes
  order by r.id;
$$;

comment on function broker._receive_past_retries(integer, smallint[], bigint[], integer, bigint[], bigint) is
  'broker.receive while retries wait: moves messages whose key waits for a retry behind it, so that the rest of the lane flows.';
