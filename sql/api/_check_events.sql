create or replace function api._check_events(events text[]) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event text;
begin
  foreach v_event in array coalesce(_check_events.events, '{}') loop
    perform broker._event_type(v_event);
  end loop;
end $$;

comment on function api._check_events(text[]) is 'Refuses names that no event has: PA001.';
