create or replace function chat.store_other_event(event_id bigint, put_at timestamptz, name text, data jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  if jsonb_typeof(store_other_event.data) <> 'object' then
    raise exception using
      errcode = 'PA020',
      message = format('data: expected an object, got %s', jsonb_typeof(store_other_event.data));
  end if;
  insert into chat.other_events (event_id, put_at, name, site_id, data)
  values (
    store_other_event.event_id, store_other_event.put_at, store_other_event.name,
    -- Nothing has looked at this document: a SiteId that is none must not keep it out.
    case when data ->> 'SiteId' ~ '^\d{1,9}$' then (data ->> 'SiteId')::integer end,
    store_other_event.data
  )
  on conflict on constraint other_events_pkey do nothing;
  return found;
end $$;

comment on function chat.store_other_event(bigint, timestamptz, text, jsonb) is
  'Keeps an event that has no tables of its own, as it is. Error: PA020 for a document that is no object.';
