create or replace function broker._wake(queue_id integer) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_woken text := 'parley.woken_' || _wake.queue_id;
begin
  -- Once per transaction: a bulk load into an idle queue asks for every row. Forgotten when a savepoint is rolled back,
  -- as the NOTIFY is.
  if current_setting(v_woken, true) is distinct from 'yes' then
    perform pg_notify('parley_wake', q.name) from broker.queues q where q.id = _wake.queue_id;
    perform set_config(v_woken, 'yes', true);
  end if;
  return _wake.queue_id;
end $$;

comment on function broker._wake(integer) is 
  'Tells the workers that an idle queue has got a message; returns the queue''s id. Never called for a queue that has readers: '
  'NOTIFY serialises commits.';
