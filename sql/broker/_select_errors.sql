create or replace function broker._select_errors(ids bigint[], queue text, error_code text) returns setof bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queue_id integer;
  v_unknown bigint;
begin
  if coalesce(_select_errors.ids::text, _select_errors.queue, _select_errors.error_code) is null then
    raise exception using
      errcode = 'PA004',
      message = 'say which error messages: by ids, queue or error_code',
      hint = 'For all of a queue give queue => ''...''.';
  end if;
  if _select_errors.queue is not null then
    v_queue_id := (broker._queue(_select_errors.queue)).id;
  end if;
  select min(i) into v_unknown
  from unnest(_select_errors.ids) i
  where not exists (select from broker.error_messages e where e.id = i);
  if v_unknown is not null then
    raise exception using
      errcode = 'PA007',
      message = format('unknown error message %s', v_unknown),
      hint = 'It may have been redriven or discarded already; see broker.error_messages.';
  end if;
  return query
  select e.id
  from broker.error_messages e
  where (_select_errors.ids is null or e.id = any (_select_errors.ids))
    and (v_queue_id is null or e.queue_id = v_queue_id)
    and (_select_errors.error_code is null or e.error_code = _select_errors.error_code);
end $$;

comment on function broker._select_errors(bigint[], text, text) is
  'Ids of the error messages that all given filters match. Errors: PA002, PA004 (no filter), PA007 (unknown id).';
