create or replace function broker._wake(queue_id integer) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Queues with a reader are not armed, so a busy broker sends no NOTIFY: it would serialise commits.
  perform pg_notify('parley_wake', q.name)
  from broker.activations a
  join broker.queues q on q.id = a.queue_id
  where a.queue_id = _wake.queue_id and a.armed;
  return _wake.queue_id;
end $$;

comment on function broker._wake(integer) is 'Tells the workers that an idle queue has got a message; returns the queue''s id.';
