create or replace function broker._receive_delayed(
  queue_id integer,
  lanes smallint[],
  max_messages integer,
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
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select r.lane, r.id, r.event_id, r.name, r.key, r.data, r.put_at, r.attempts
  from (
    select d.lane, d.id, d.event_id, e.name, d.key, e.data, e.put_at, d.attempts,
      sum(pg_column_size(e.data)) over (order by d.id rows between unbounded preceding and 1 preceding) as bytes_before
    from (
      select d.lane, d.id, d.event_id, d.key, d.attempts
      from broker.delayed_messages d
      where d.queue_id = _receive_delayed.queue_id and d.lane = any (_receive_delayed.lanes)
        and d.kind <> 'scheduled' and d.run_at <= broker.now()
        and (_receive_delayed.in_hand is null or d.id <> all (_receive_delayed.in_hand))
      order by d.id
      limit _receive_delayed.max_messages
    ) d
    cross join lateral (select e.name, e.data, e.put_at from broker.events e where e.id = d.event_id offset 0) e
  ) r
  where r.bytes_before is null or r.bytes_before < _receive_delayed.max_bytes
  order by r.id;
$$;

comment on function broker._receive_delayed(integer, smallint[], integer, bigint[], bigint) is
  'Messages whose retry is due, and those let go behind one that succeeded, in order. attempts: how often each failed.';
