create or replace function outbound._reject(kind text, outcomes jsonb) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_queue_id integer := outbound._queue_id(_reject.kind);
  v_failures jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'id', o.id, 'event_id', o.event_id, 'key', o.key, 'attempt', o.attempt, 'code', o.code,
      'error', format('destination %s "%s": %s', t.id, t.name, o.error)))
  into v_failures
  from jsonb_to_recordset(_reject.outcomes) as o
    (destination_id integer, id bigint, event_id bigint, key text, attempt smallint, outcome outbound.outcome, code text, error text)
  join outbound.destinations t on t.id = o.destination_id
  where o.outcome = 'rejected'
    and exists (select from outbound.deliveries d where d.destination_id = o.destination_id and d.id = o.id);

  -- Without its queue there is no error queue either: the attempt says why it failed.
  update outbound.deliveries d
  set state = 'rejected', due_at = null, error_id = e.error_id
  from jsonb_to_recordset(_reject.outcomes) as o (destination_id integer, id bigint, outcome outbound.outcome)
  left join broker._put_errors(v_queue_id, case when v_queue_id is not null then v_failures end) e on e.message_id = o.id
  where d.ctid = any (array(select outbound._rows_of(_reject.outcomes, 'rejected')))
    and o.outcome = 'rejected' and d.destination_id = o.destination_id and d.id = o.id;
end $$;

comment on function outbound._reject(text, jsonb) is
  'Copies the rejected ones among the outcomes to the error queue, with the destination in the error''s text, and keeps their rows so that '
  'a redrive finds the destination.';
