create or replace function broker._put_errors(queue_id integer, failures jsonb)
returns table (message_id bigint, error_id bigint)
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with dead as (
    insert into broker.error_messages
      (queue_id, message_id, event_id, event_name, key, put_at, failed_at, attempts, error_code, error, data)
    select _put_errors.queue_id, f.id, e.id, e.name, f.key, e.put_at, broker.now(), f.attempt, f.code, left(f.error, 2000), e.data
    from jsonb_to_recordset(_put_errors.failures) as f (id bigint, event_id bigint, key text, attempt smallint, code text, error text)
    join broker.events e on e.id = f.event_id
    order by f.id
    returning *
  ), told as (
    insert into broker.events (name, data)
    select 'Error', jsonb_build_object(
      'ErrorMessageId', d.id, 'Queue', q.name, 'EventId', d.event_id, 'EventName', d.event_name, 'Key', d.key,
      'Attempts', d.attempts, 'Code', d.error_code, 'Error', d.error, 'FailedAt', d.failed_at)
    from dead d
    join broker.queues q on q.id = d.queue_id
    -- A queue of Error events that fails itself must not feed itself.
    where d.event_name <> 'Error'
      -- A DBA may have deleted the event: nobody wants to hear of errors then.
      and exists (select from broker.t_chatserver_event t where t.name = 'Error')
  )
  select d.message_id, d.id from dead d;
$$;

comment on function broker._put_errors(integer, jsonb) is
  'Copies messages to the error queue and puts an Error event for each. failures: [{id, event_id, key, attempt, code, error}].';
