create or replace function broker.fail(queue_id integer, failures jsonb) returns bigint[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dead bigint[];
  v_dead_keys text[];
begin
  perform broker.confirm(fail.queue_id, array_agg(f.lane), array_agg(f.id))
  from broker._failures(fail.queue_id, fail.failures) f;

  insert into broker.delayed_messages as d
    (queue_id, lane, id, event_id, key, kind, run_at, attempts, failed_at, error_code, error)
  select fail.queue_id, f.lane, f.id, f.event_id, f.key, 'retry',
    broker.now() + coalesce(make_interval(secs => f.retry_in_s), broker._retry_delay(fail.queue_id, f.attempt)),
    f.attempt, broker.now(), f.code, f.error
  from broker._failures(fail.queue_id, fail.failures) f
  where not f.dead
  on conflict on constraint delayed_messages_pkey do update
  set kind = 'retry', run_at = excluded.run_at, attempts = excluded.attempts, failed_at = excluded.failed_at,
    error_code = excluded.error_code, error = excluded.error;

  -- What had been let go behind a message that fails again, waits again.
  update broker.delayed_messages d
  set run_at = 'infinity'
  from broker._failures(fail.queue_id, fail.failures) f
  where not f.dead and d.queue_id = fail.queue_id and d.key = f.key and d.kind = 'waiting' and d.id > f.id
    and d.run_at <> 'infinity';

  select array_agg(f.id), array_agg(distinct f.key) filter (where f.key is not null)
  into v_dead, v_dead_keys
  from broker._failures(fail.queue_id, fail.failures) f
  where f.dead;
  if v_dead is not null then
    perform broker._move_to_errors(fail.queue_id, fail.failures);
    perform broker._let_go_behind(fail.queue_id, v_dead_keys);
  end if;
  return coalesce(v_dead, '{}');
end $$;

comment on function broker.fail(integer, jsonb) is
  'Settles messages that failed: each waits for its retry and blocks its key, or, rejected or out of attempts, goes to the error queue. '
  'failures: [{lane, id, event_id, key, attempt, code, error, reject, retry_in_s}]. Returns the ids that went to the error queue.';
