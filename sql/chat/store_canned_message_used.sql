create or replace function chat.store_canned_message_used(event_id bigint, put_at timestamptz, document jsonb)
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
  insert into chat.canned_message_uses
  select * from jsonb_populate_record(null::chat.canned_message_uses, document)
  on conflict on constraint canned_message_uses_pkey do nothing;
  return found;
end $$;

comment on function chat.store_canned_message_used(bigint, timestamptz, jsonb) is 'Stores that an agent used a canned message.';
