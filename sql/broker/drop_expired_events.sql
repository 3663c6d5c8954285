create or replace function broker.drop_expired_events() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '50ms'
as $$
declare
  v_expired_before timestamptz := broker.now() - (select s.event_retention from broker.settings s);
  v_newest_id bigint := (select s.last_value from broker.event_id_seq s);
  v_part record;
  v_last_put_at timestamptz;
  v_dropped integer := 0;
begin
  -- Not while a replay or redrive is about to need old events.
  if not pg_try_advisory_xact_lock(1346458192, 0) then
    return 0;
  end if;
  delete from broker.events_default e
  where e.put_at < v_expired_before
    and not exists (select from broker.messages m where m.event_id = e.id)
    and not exists (select from broker.delayed_messages d where d.event_id = e.id)
    and not exists (select from outbound.deliveries d where d.event_id = e.id and d.state <> 'rejected');

  for v_part in select * from broker._event_partitions() loop
    exit when v_part.to_id > v_newest_id;
    execute format('select put_at from %s order by id desc limit 1', v_part.partition) into v_last_put_at;
    exit when v_last_put_at >= v_expired_before;
    begin
      -- Waits out, briefly, transactions that put into this very partition; after that, what it fanned out is visible.
      execute format('lock table %s in share mode', v_part.partition);
      continue when broker._is_needed(v_part.from_id, v_part.to_id);
      -- Puts queue up behind this lock, so it gives up soon.
      lock table broker.events in access exclusive mode;
      execute format('drop table %s', v_part.partition);
      v_dropped := v_dropped + 1;
    exception
      when lock_not_available then exit;
    end;
  end loop;
  return v_dropped;
end $$;

comment on function broker.drop_expired_events() is
  'Drops partitions of the log whose events are all older than settings.event_retention, never one that a queue or a destination still needs. '
  'Returns how many; one that is busy is left for the next run.';
