create or replace function chat.store_chat_started(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id bigint := document ->> 'account_id';
begin
  if chat._is_from_dialog(document, v_account_id) then
    return false;
  end if;
  document := document || jsonb_build_object('data', (document ->> 'data')::jsonb)
    || chat._begin_event(event_id, put_at, v_account_id);
  perform chat._agent(v_account_id, (document ->> 'agent_id')::bigint),
    chat._team(v_account_id, (document ->> 'team_id')::bigint);

  insert into chat.chat_starts
  select * from jsonb_populate_record(null::chat.chat_starts, document)
  on conflict on constraint chat_starts_pkey do nothing;
  return found;
end $$;

comment on function chat.store_chat_started(bigint, timestamptz, jsonb) is
  'Stores the start of a chat, with the whole document (text in its member data).';
