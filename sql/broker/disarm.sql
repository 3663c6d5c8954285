create or replace function broker.disarm(queue_id integer) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update broker.activations a set armed = false where a.queue_id = disarm.queue_id and a.armed;
$$;

comment on function broker.disarm(integer) is 'Stops the wake-ups of a queue: a reader runs, or no worker serves it any more.';
