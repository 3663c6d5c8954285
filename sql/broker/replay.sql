create or replace function broker.replay(queue text, since timestamptz, until timestamptz default null) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queue broker.queues := broker._queue(replay.queue);
  v_until timestamptz := coalesce(replay.until, broker.now());
  v_count bigint;
begin
  if replay.since is null or replay.since >= v_until then
    raise exception using
      errcode = 'PA008',
      message = format('replay needs a time range: since (%s) must lie before until (%s)', coalesce(replay.since::text, 'null'), v_until),
      hint = 'Give since => the time of the first event to replay.';
  end if;
  -- Retention must not drop an event between the look and the commit.
  perform pg_advisory_xact_lock_shared(1346458192, 0);
  -- Before the first message id is drawn: checkpoints rely on that order.
  perform pg_current_xact_id();

  insert into broker.messages (queue_id, lane, id, event_id)
  select v_queue.id, broker.lane_of(e.key, e.message_id, v_queue.lanes), e.message_id, e.id
  from (
    select e.id, coalesce(e.key, broker.conversation_group(e.data)) as key, nextval('broker.message_id_seq') as message_id
    from (
      select e.id, e.key, e.data
      from broker.events e
      where e.put_at >= replay.since and e.put_at < v_until
        and (e.run_at is null or e.run_at <= broker.now())
        and e.name in (
          select t.name
          from broker.t_chatserver_event t
          join broker.t_chatserver_queue r on r.event_id = t.id
          where r.name = v_queue.name
        )
      order by e.id
    ) e
  ) e;
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform pg_notify('parley_wake', v_queue.name);
  end if;
  return v_count;
end $$;

comment on function broker.replay(text, timestamptz, timestamptz) is
  'Delivers once more, to one queue, the events put from since to before until (default: now) that it is subscribed to now, '
  'except those scheduled for later. '
  'Returns how many. Errors: PA002, PA008.';
