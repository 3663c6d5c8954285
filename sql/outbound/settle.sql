create or replace function outbound.settle(kind text, outcomes jsonb) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_destination_ids integer[];
  v_keys text[];
begin
  perform outbound.record_attempts(settle.outcomes);

  -- By what the rows say: who tells of a delivery late does not know that it has failed elsewhere since, and holds others behind it.
  select array_agg(d.destination_id), array_agg(d.key) into v_destination_ids, v_keys
  from outbound.deliveries d
  where d.ctid = any (array(
      select outbound._rows_of(settle.outcomes, 'delivered') union all select outbound._rows_of(settle.outcomes, 'rejected')
    ))
    and d.state in ('retry', 'behind') and d.key is not null;

  delete from outbound.deliveries d
  where d.ctid = any (array(select outbound._rows_of(settle.outcomes, 'delivered')));

  if settle.outcomes @> '[{"outcome": "rejected"}]' then
    perform outbound._reject(settle.kind, settle.outcomes);
  end if;

  if settle.outcomes @> '[{"outcome": "failed"}]' then
    update outbound.deliveries d
    set state = 'retry', attempts = o.attempt, due_at = broker.now() + make_interval(secs => o.retry_in_s)
    from jsonb_to_recordset(settle.outcomes) as o
      (destination_id integer, id bigint, attempt smallint, outcome outbound.outcome, retry_in_s double precision)
    where d.ctid = any (array(select outbound._rows_of(settle.outcomes, 'failed')))
      and o.outcome = 'failed' and d.destination_id = o.destination_id and d.id = o.id;

    perform outbound._hold_behind(settle.outcomes);
  end if;

  if v_keys is not null then
    perform outbound._let_go_behind(v_destination_ids, v_keys);
  end if;
end $$;

comment on function outbound.settle(text, jsonb) is
  'Writes what became of deliveries of one kind: a delivered one goes, a failed one waits for its retry and blocks its key, a rejected one '
  'goes to the error queue, one whose destination was down stays as it is. outcomes: [{destination_id, id, event_id, event_name, key, '
  'attempt, delayed, started_at, duration_ms, outcome, status, answer, note, reference, code, error, retry_in_s}].';
