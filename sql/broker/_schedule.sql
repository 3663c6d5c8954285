create or replace function broker._schedule(
  queue_id integer,
  lane smallint,
  id bigint,
  event_id bigint,
  key text,
  run_at timestamptz
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if _schedule.run_at <= broker.now() then
    return false;
  end if;
  -- Neither an unknown event nor one without a queue: the fan-out refuses the one and skips the other.
  if _schedule.queue_id > 0 then
    insert into broker.delayed_messages (queue_id, lane, id, event_id, key, kind, run_at)
    values (_schedule.queue_id, _schedule.lane, _schedule.id, _schedule.event_id, _schedule.key, 'scheduled', _schedule.run_at);
    return true;
  end if;
  return false;
end $$;

comment on function broker._schedule(integer, smallint, bigint, bigint, text, timestamptz) is
  'Puts a message of the future aside; false when its time has come and it belongs into the queue.';
