create or replace function chat.store_agent_chat_replied(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_rows jsonb := chat._numbered(document -> 'messages', chat._begin_event(event_id, put_at, (document ->> 'account_id')::bigint));
begin
  perform chat._agent(m.account_id, m.from_agent_id), chat._agent(m.account_id, m.to_agent_id)
  from jsonb_populate_recordset(null::chat.agent_messages, v_rows) m;

  insert into chat.agent_messages
  select * from jsonb_populate_recordset(null::chat.agent_messages, v_rows)
  on conflict on constraint agent_messages_pkey do nothing;
  return found;
end $$;

comment on function chat.store_agent_chat_replied(bigint, timestamptz, jsonb) is
  'Stores the messages that an agentChat.replied lists.';
