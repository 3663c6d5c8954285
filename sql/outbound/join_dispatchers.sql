create or replace function outbound.join_dispatchers(kind text) returns table (dispatchers integer, rank integer, paused boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from outbound._dispatchers(join_dispatchers.kind) p where p = pg_backend_pid()) then
    perform pg_advisory_lock_shared(1346458186, hashtext(join_dispatchers.kind));
  end if;
  return query
  select count(*)::integer, (count(*) filter (where p < pg_backend_pid()))::integer,
    not coalesce((select q.enabled from broker.queues q where q.id = outbound._queue_id(join_dispatchers.kind)), false)
  from outbound._dispatchers(join_dispatchers.kind) p;
end $$;

comment on function outbound.join_dispatchers(text) is
  'Makes this session a dispatcher of the kind, if it is none, and says how many there are and which of them, from 0, it is. The '
  'destinations whose id modulo dispatchers is rank are its own. paused: the queue of the kind is paused, or gone.';
