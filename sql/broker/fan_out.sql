create or replace function broker.fan_out() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unknown text;
  v_scheduled boolean;
  v_armed boolean;
begin
  select min(e.name) filter (where t.id is null), coalesce(bool_or(e.run_at > broker.now()), false)
  into v_unknown, v_scheduled
  from new_events e
  left join broker.t_chatserver_event t on t.name = e.name;

  if v_unknown is not null then
    raise exception using
      errcode = 'PA001',
      message = format('unknown event "%s"', left(v_unknown, 200)),
      hint = 'Use a name of broker.t_chatserver_event, or add a row there.';
  end if;

  -- One position per event, drawn here because the transaction has its id by now: checkpoints rely on that order.
  insert into broker.messages (queue_id, lane, id, event_id)
  select q.id, broker.lane_of(e.key, e.message_id, q.lanes), e.message_id, e.id
  from (
    select n.id, n.name, n.run_at, coalesce(n.key, broker.conversation_group(n.data)) as key,
      nextval('broker.message_id_seq') as message_id
    from new_events n
  ) e
  join broker.t_chatserver_event t on t.name = e.name
  join broker.t_chatserver_queue r on r.event_id = t.id
  join broker.queues q on q.name = r.name
  where not v_scheduled or e.run_at is null or e.run_at <= broker.now();

  if v_scheduled then
    insert into broker.delayed_messages (queue_id, lane, id, event_id, key, kind, run_at)
    select q.id, broker.lane_of(e.key, e.message_id, q.lanes), e.message_id, e.id, e.key, 'scheduled', e.run_at
    from (
      select n.id, n.name, n.run_at, coalesce(n.key, broker.conversation_group(n.data)) as key,
        nextval('broker.message_id_seq') as message_id
      from new_events n
      where n.run_at > broker.now()
    ) e
    join broker.t_chatserver_event t on t.name = e.name
    join broker.t_chatserver_queue r on r.event_id = t.id
    join broker.queues q on q.name = r.name;
  end if;

  -- Queues with a reader are not armed, so a busy broker sends no NOTIFY: it would serialise commits.
  select exists (select from broker.activations a where a.armed) into v_armed;
  if v_armed then
    perform pg_notify('parley_wake', q.name)
    from broker.queues q
    join broker.activations a on a.queue_id = q.id
    where a.armed
      and q.name in (
        select r.name
        from broker.t_chatserver_queue r
        join broker.t_chatserver_event t on t.id = r.event_id
        join new_events e on e.name = t.name
      );
  end if;
  return null;
end $$;

comment on function broker.fan_out() is
  'Copies a narrow row of every new event into each subscribed queue: the stored procedure of seed 000, once per statement.';
