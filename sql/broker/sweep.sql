create or replace function broker.sweep() returns table (queue text, start_readers integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_queue record;
  v_waiting bigint;
  v_running integer;
  v_wanted integer;
begin
  -- One worker process sweeps, whichever comes first.
  if not pg_try_advisory_xact_lock(1346458195, 0) then
    return;
  end if;
  perform broker.promote_scheduled();

  for v_queue in
    select q.id, q.name, q.messages_per_reader, least(q.max_readers, q.lanes) as max_readers, a.readers, a.armed
    from broker.queues q
    join broker.activations a on a.queue_id = q.id
    where q.enabled and q.task is not null
  loop
    v_waiting := broker._waiting(v_queue.id, v_queue.messages_per_reader::bigint * v_queue.max_readers);
    if v_waiting = 0 and exists (
      select from broker.delayed_messages d
      where d.queue_id = v_queue.id and d.kind <> 'scheduled' and d.run_at <= broker.now()
    ) then
      v_waiting := 1;
    end if;
    v_running := (select count(*) from broker._readers(v_queue.id));
    v_wanted := least(ceil(v_waiting::numeric / v_queue.messages_per_reader), v_queue.max_readers);

    -- Up at once, down one a second: a backlog that comes and goes does not make readers come and go.
    if greatest(v_wanted, 1) > v_queue.readers or (v_wanted < v_queue.readers and v_queue.readers > 1) then
      update broker.activations a
      set readers = greatest(v_wanted, v_queue.readers - 1, 1)
      where a.queue_id = v_queue.id;
    end if;
    if v_running = 0 and v_wanted = 0 and not v_queue.armed then
      update broker.activations a set armed = true where a.queue_id = v_queue.id;
    end if;
    if v_wanted > v_running then
      return query select v_queue.name, v_wanted - v_running;
    end if;
  end loop;
end $$;

comment on function broker.sweep() is
  'Once a second: lets scheduled messages go, sets each queue''s number of readers from its backlog as seed 000 does '
  '(ceil(waiting / messages_per_reader), at least 1, at most max_readers and lanes), and returns the readers to start.';
