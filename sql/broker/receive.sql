-- The plan must not depend on how full the tables were when it was made: a queue is empty now and holds millions later.
-- Hence the planner settings, and look-ups by lateral subquery (offset 0 keeps them one) instead of joins.
create or replace function broker.receive(
  queue_id integer,
  lanes smallint[],
  after_ids bigint[],
  max_per_lane integer,
  in_hand bigint[] default null,
  done_lanes smallint[] default null,
  done_ids bigint[] default null,
  max_bytes bigint default 16777216
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
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
  if done_ids is not null then
    perform broker.confirm(receive.queue_id, receive.done_lanes, receive.done_ids);
  end if;
  if not exists (select from broker.queues q where q.id = receive.queue_id and q.enabled) then
    return;
  end if;
  if exists (select from broker.delayed_messages d where d.queue_id = receive.queue_id and d.kind <> 'scheduled') then
    return query
    select * from broker._receive_delayed(
      receive.queue_id, receive.lanes, receive.max_per_lane, receive.in_hand, receive.max_bytes);
    return query
    select * from broker._receive_past_retries(
      receive.queue_id, receive.lanes, receive.after_ids, receive.max_per_lane, receive.in_hand, receive.max_bytes);
    return;
  end if;

  return query
  select r.lane, r.id, r.event_id, r.name, r.key, r.data, r.put_at, null::smallint
  from (
    select m.lane, m.id, m.event_id, e.name, coalesce(e.key, broker.conversation_group(e.data)) as key, e.data, e.put_at,
      sum(pg_column_size(e.data)) over (order by m.id rows between unbounded preceding and 1 preceding) as bytes_before
    from unnest(receive.lanes, receive.after_ids) as l (lane, after_id)
    cross join lateral (
      select m.lane, m.id, m.event_id
      from broker.messages m
      where m.queue_id = receive.queue_id and m.lane = l.lane and m.id > l.after_id
        and (receive.in_hand is null or m.id <> all (receive.in_hand))
      order by m.id
      limit receive.max_per_lane
    ) m
    cross join lateral (select e.name, e.key, e.data, e.put_at from broker.events e where e.id = m.event_id offset 0) e
  ) r
  where r.bytes_before is null or r.bytes_before < receive.max_bytes
  order by r.id;
end $$;

comment on function broker.receive(integer, smallint[], bigint[], integer, bigint[], smallint[], bigint[], bigint) is
  'Confirms what is done, then returns what is next: retries that are due (attempts: how often each failed), and the messages of '
  'some lanes this session owns, each lane after the given id, in order. Nothing while the queue is paused. They stay in the queue '
  'until confirmed. in_hand: ids the reader still has. Stops after max_bytes of stored payload, so that huge documents come a few at a time.';
