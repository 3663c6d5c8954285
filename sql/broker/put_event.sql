create or replace function broker.put_event(
  name text,
  data jsonb,
  key text default null,
  dedupe_id text default null,
  run_at timestamptz default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event_id bigint;
begin
  if put_event.name is null or put_event.data is null then
    raise exception using
      errcode = 'PA004',
      message = format('put_event: %s must not be null', case when put_event.name is null then 'name' else 'data' end),
      hint = 'Give the event''s name and its JSON document.';
  end if;
  insert into broker.events (name, data, key, dedupe_id, run_at)
  values (put_event.name, put_event.data, put_event.key, put_event.dedupe_id, put_event.run_at)
  returning id into v_event_id;
  if v_event_id is null then
    select d.event_id into v_event_id from broker.dedupe_ids d where d.dedupe_id = put_event.dedupe_id;
  end if;
  return v_event_id;
end $$;

comment on function broker.put_event(text, jsonb, text, text, timestamptz) is
  'Puts one event and returns its id; for a dedupe_id put before, changes nothing and returns the first put''s id. Errors: PA001, PA004, PA043.';
