create or replace function broker._depth(queue_id integer) returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_exact_up_to constant bigint := 100000;
  v_counted bigint := broker._waiting(_depth.queue_id, v_exact_up_to);
begin
  if v_counted < v_exact_up_to then
    return v_counted;
  end if;
  return greatest(v_counted, (
    select pg_stat_get_live_tuples(to_regclass(format('broker.%I', q.name)))
    from broker.queues q
    where q.id = _depth.queue_id
  ));
end $$;

comment on function broker._depth(integer) is
  'Messages waiting in a queue: exact up to 100,000, above that from the server''s statistics, so that asking stays cheap.';
