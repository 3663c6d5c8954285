create or replace function broker._move_to_errors(queue_id integer, failures jsonb) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from broker.delayed_messages d
  using broker._failures(_move_to_errors.queue_id, _move_to_errors.failures) f
  where f.dead and d.queue_id = _move_to_errors.queue_id and d.id = f.id;

  select broker._put_errors(_move_to_errors.queue_id, jsonb_agg(to_jsonb(f)))
  from broker._failures(_move_to_errors.queue_id, _move_to_errors.failures) f
  where f.dead;
$$;

comment on function broker._move_to_errors(integer, jsonb) is
  'Moves the dead ones among the failures to the error queue and puts an Error event for each.';
