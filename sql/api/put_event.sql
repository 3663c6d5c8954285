create or replace function api.put_event(
  name text,
  data jsonb,
  key text default null,
  dedupe_id text default null,
  run_at timestamptz default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return broker.put_event(
    put_event.name, api._own_document(put_event.data), put_event.key, api._own_dedupe_id(put_event.dedupe_id), put_event.run_at
  );
end $$;

comment on function api.put_event(text, jsonb, text, text, timestamptz) is
  E'@resultFieldName eventId\n'
  'Puts an event. One with a dedupeId that was put before changes nothing and gives the id of the first. '
  'SiteId is taken from the token if that names an account. Errors: PA001, PA020, PA030, PA043.';
