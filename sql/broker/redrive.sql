create or replace function broker.redrive(
  ids bigint[] default null,
  queue text default null,
  error_code text default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  -- Retention must not drop an event between the look and the commit.
  perform pg_advisory_xact_lock_shared(1346458192, 0);

  with taken as materialized (
    delete from broker.error_messages e
    where e.id in (select broker._select_errors(redrive.ids, redrive.queue, redrive.error_code))
    returning e.*
  ), restored as (
    -- Straight into the default partition: the event keeps its id, and the fan-out, a trigger of the parent, does not run.
    insert into broker.events_default (id, put_at, name, key, data)
    select distinct on (t.event_id) t.event_id, t.put_at, t.event_name, t.key, t.data
    from taken t
    where not exists (select from broker.events e where e.id = t.event_id)
    order by t.event_id
    -- Another queue's error of the same event may be redriven this moment.
    on conflict do nothing
  ), sent as (
    insert into broker.messages (queue_id, lane, id, event_id)
    select t.queue_id, broker.lane_of(t.key, t.event_id, q.lanes), t.new_id, t.event_id
    -- Drawn in the order of the error queue, whatever the join does.
    from (select s.*, nextval('broker.message_id_seq') as new_id from (select * from taken order by id) s) t
    join broker.queues q on q.id = t.queue_id
    returning queue_id
  ), woken as (
    select pg_notify('parley_wake', q.name)
    from broker.queues q
    where q.id in (select s.queue_id from sent s)
  )
  select (select count(*) from sent) + 0 * (select count(*) from woken) into v_count;
  return v_count;
end $$;

comment on function broker.redrive(bigint[], text, text) is
  'Sends error messages back to their queues, at the end and with all their attempts, and returns how many. '
  'All filters given must match; at least one is needed. Errors: PA002, PA004, PA007.';
