create or replace function chat.store_chat_replied(event_id bigint, put_at timestamptz, document jsonb)
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
  perform chat._agent(v_account_id, (document ->> 'agent_id')::bigint);

  insert into chat.chat_replies
  select * from jsonb_populate_record(null::chat.chat_replies, document)
  on conflict on constraint chat_replies_pkey do nothing;
  return found;
end $$;

comment on function chat.store_chat_replied(bigint, timestamptz, jsonb) is
  'Stores what a visitor or an agent has answered, with the whole document (text in its member data); sender_type says who.';
