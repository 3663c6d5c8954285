create or replace function chat.store_agent_status_changed(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id bigint := document ->> 'account_id';
begin
  document := document || chat._begin_event(event_id, put_at, v_account_id);
  perform chat._agent(v_account_id, (document ->> 'agent_id')::bigint);
  insert into chat.agent_status_changes
  select * from jsonb_populate_record(null::chat.agent_status_changes, document)
  on conflict on constraint agent_status_changes_pkey do nothing;
  return found;
end $$;

comment on function chat.store_agent_status_changed(bigint, timestamptz, jsonb) is 'Stores the change of an agent''s status.';
