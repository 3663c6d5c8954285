create or replace function outbound.record_attempts(outcomes jsonb) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into outbound.attempts
    (destination_id, event_id, event_name, attempt, started_at, duration_ms, outcome, status, answer, reference, error_code, error)
  select t.id, o.event_id, o.event_name, o.attempt, o.started_at, o.duration_ms, o.outcome, o.status,
    coalesce(o.note, case when o.outcome <> 'delivered' or s.keep_answers_of_delivered then o.answer end), o.reference, o.code, left(o.error, 2000)
  from jsonb_to_recordset(record_attempts.outcomes) as o (
    destination_id integer, event_id bigint, event_name text, attempt smallint, started_at timestamptz, duration_ms integer,
    outcome outbound.outcome, status integer, answer text, note text, reference text, code text, error text
  )
  cross join outbound.settings s
  -- One that has been deleted meanwhile has no log.
  cross join lateral (select d.id from outbound.destinations d where d.id = o.destination_id for key share) t;
$$;

comment on function outbound.record_attempts(jsonb) is
  'Adds to the log of attempts; the argument is that of outbound.settle. What a peer answered to a success is not kept, unless '
  'settings.keep_answers_of_delivered.';
