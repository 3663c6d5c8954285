create or replace function chat.store_agent_status_changed(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into chat.agent_status_changes
  select * from jsonb_populate_record(null::chat.agent_status_changes, document || jsonb_build_object(
    'event_id', store_agent_status_changed.event_id, 'put_at', store_agent_status_changed.put_at))
  on conflict on constraint agent_status_changes_pkey do nothing;
  return found;
end $$;

comment on function chat.store_agent_status_changed(bigint, timestamptz, jsonb) is
  'Stores the change of an agent''s status.';
