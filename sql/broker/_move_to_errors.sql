create or replace function broker._move_to_errors(queue_id integer, failures jsonb) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from broker.delayed_messages d
  using broker._failures(_move_to_errors.queue_id, _move_to_errors.failures) f
  where f.dead and d.queue_id = _move_to_errors.queue_id and d.id = f.id;

  with dead as (
    insert into broker.error_messages
      (queue_id, message_id, event_id, event_name, key, put_at, failed_at, attempts, error_code, error, data)
    select _move_to_errors.queue_id, f.id, e.id, e.name, f.key, e.put_at, broker.now(), f.attempt, f.code, f.error, e.data
    from broker._failures(_move_to_errors.queue_id, _move_to_errors.failures) f
    join broker.events e on e.id = f.event_id
    where f.dead
    order by f.id
    returning *
  )
  insert into broker.events (name, data)
  select 'Error', jsonb_build_object(
    'ErrorMessageId', d.id, 'Queue', q.name, 'EventId', d.event_id, 'EventName', d.event_name, 'Key', d.key,
    'Attempts', d.attempts, 'Code', d.error_code, 'Error', d.error, 'FailedAt', d.failed_at)
  from dead d
  join broker.queues q on q.id = d.queue_id
  -- A queue of Error events that fails itself must not feed itself.
  where d.event_name <> 'Error'
    -- A DBA may have deleted the event: nobody wants to hear of errors then.
    and exists (select from broker.t_chatserver_event t where t.name = 'Error');
$$;

comment on function broker._move_to_errors(integer, jsonb) is
  'Moves the dead ones among the failures to the error queue and puts an Error event for each.';
