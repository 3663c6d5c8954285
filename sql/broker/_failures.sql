create or replace function broker._failures(queue_id integer, failures jsonb)
returns table (
  lane smallint, id bigint, event_id bigint, key text, attempt smallint, code text, error text, retry_in_s double precision, dead boolean
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select f.lane, f.id, f.event_id, f.key, f.attempt, f.code, left(f.error, 2000), f.retry_in_s,
    coalesce(f.reject, false) or f.attempt >= q.max_attempts
  from jsonb_to_recordset(_failures.failures) as f (
    lane smallint, id bigint, event_id bigint, key text, attempt smallint, code text, error text, reject boolean, retry_in_s double precision
  )
  cross join broker.queues q
  where q.id = _failures.queue_id;
$$;

comment on function broker._failures(integer, jsonb) is
  'The argument of broker.fail as rows; dead: rejected, or out of attempts.';
