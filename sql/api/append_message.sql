create or replace function api.append_message(
  conversation_id bigint,
  content text,
  message_type integer default 0,
  sender_type text default null,
  sender_id bigint default null,
  private boolean default false,
  source_id text default null,
  reopen boolean default false,
  additional_attributes jsonb default '{}',
  content_attributes jsonb default '{}',
  created_at timestamptz default null
) returns api.message
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_id bigint;
  v_message api.message;
begin
  perform api._conversation(append_message.conversation_id);
  v_id := chat.append_message(
    append_message.conversation_id, append_message.content, append_message.message_type, append_message.sender_type,
    append_message.sender_id, append_message.private, append_message.source_id, append_message.reopen,
    append_message.additional_attributes, append_message.content_attributes, append_message.created_at
  );
  select m.id, m.conversation_id, m.dialog_id, (m.additional_attributes ->> 'user_id_assigned')::bigint, m.created_at
  into v_message
  from chat.messages m
  where m.id = v_id;
  return v_message;
end $$;

comment on function
  api.append_message(bigint, text, integer, text, bigint, boolean, text, boolean, jsonb, jsonb, timestamptz) is
  E'@resultFieldName message\n'
  'Adds a message; for a sourceId that the conversation has already, changes nothing and gives that message. messageType: 0 incoming, '
  '1 outgoing, 2 activity, 3 template; senderType: Contact, User (an agent) or AgentBot; private: a note among agents; reopen: a resolved or '
  'snoozed conversation is opened first; createdAt is for history. Error: PA030.';
