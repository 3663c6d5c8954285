create or replace function broker._queue(name text) returns broker.queues
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queue broker.queues;
begin
  select * into v_queue from broker.queues q where q.name = _queue.name;
  if not found then
    raise exception using
      errcode = 'PA002',
      message = format('unknown queue "%s"', left(coalesce(_queue.name, ''), 200)),
      hint = 'See broker.queue_status for the queues there are, or create it with broker.create_queue.';
  end if;
  return v_queue;
end $$;

comment on function broker._queue(text) is 'The queue of that name; PA002 when there is none.';
