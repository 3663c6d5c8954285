-- One statement and no more: each costs a put about 10 us, and this is the path of every event. Hence the rare cases
-- (unknown event, idle queue) are functions inside it that are called only when they occur. Scheduled events have been
-- put aside by prepare_event.
create or replace function broker.fan_out() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into broker.messages (queue_id, lane, id, event_id)
  select
    case
      when r.queue_id is null then broker._refuse_event(e.name)
      when r.queue_id = any (array(select a.queue_id from broker.activations a where a.armed)) then broker._wake(r.queue_id)
      else r.queue_id
    end,
    broker.lane_of(e.key, e.message_id, r.lanes),
    e.message_id,
    e.id
  from (
    -- One position per event, drawn here because the transaction has its id by now: checkpoints rely on that order.
    select n.id, n.name, coalesce(n.key, broker.conversation_group(n.data)) as key,
      nextval('broker.message_id_seq') as message_id
    from new_events n
    where n.run_at is null
  ) e
  left join broker.routes r on r.event_name = e.name
  where r.queue_id is distinct from 0;
  return null;
end $$;

comment on function broker.fan_out() is
  'Copies a narrow row of every new event into each subscribed queue: the stored procedure of seed 000, once per statement.';
