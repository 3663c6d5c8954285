create or replace function chat.append_message(
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
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_conversation constant chat.conversations := chat._lock_conversation(conversation_id);
  v_id bigint;
begin
  if append_message.source_id is not null then
    select m.id into v_id from chat.messages m
    where m.conversation_id = append_message.conversation_id and m.source_id = append_message.source_id;
    if found then
      return v_id;
    end if;
  end if;

  -- Before the message, so that it belongs to the dialog that it starts.
  if append_message.reopen and v_conversation.status in (1, 3) then
    update chat.conversations c set status = 0 where c.id = append_message.conversation_id;
  end if;

  insert into chat.messages (
    conversation_id, content, message_type, sender_type, sender_id, private, source_id,
    additional_attributes, content_attributes, created_at
  )
  values (
    append_message.conversation_id, append_message.content, append_message.message_type, append_message.sender_type,
    append_message.sender_id, append_message.private, append_message.source_id,
    append_message.additional_attributes, append_message.content_attributes, append_message.created_at
  )
  returning id into v_id;
  return v_id;
end $$;

comment on function
  chat.append_message(bigint, text, integer, text, bigint, boolean, text, boolean, jsonb, jsonb, timestamptz) is
  'Adds a message and returns its id; for a source_id that the conversation has already, changes nothing and returns that id. '
  'reopen: a resolved or snoozed conversation is opened first. created_at is for history. Error: PA030.';
