create or replace function chat.store_visitor_landed(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  insert into chat.visits
  select * from jsonb_populate_record(null::chat.visits,
    document || chat._begin_event(event_id, put_at, (document ->> 'account_id')::bigint))
  on conflict on constraint visits_pkey do nothing;
  return found;
end $$;

comment on function chat.store_visitor_landed(bigint, timestamptz, jsonb) is 'Stores the visits of a campaign.';
