create or replace function chat._store_transcript(dialog chat.dialogs, messages jsonb, assignee_ids bigint[], assigned_at timestamptz[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  with line as materialized (
    select nextval('chat.messages_id_seq') as message_id, l.*, assignee_ids[width_bucket(l.created_at, assigned_at)] as assignee_id
    from jsonb_to_recordset(chat._numbered(messages, '{}')) as l (position integer, line_id integer, chat_action integer,
      sender_type integer, sender_name text, content text, translated_content text, attachment text, created_at timestamptz)
  ),
  said as (
    insert into chat.messages (id, content, account_id, inbox_id, conversation_id, dialog_id, message_type, sender_type, sender_id,
      additional_attributes, created_at, updated_at)
    select l.message_id, l.content, dialog.account_id, dialog.inbox_id, dialog.conversation_id, dialog.id,
      case l.sender_type when 0 then 0 when 2 then 2 else 1 end,
      case l.sender_type when 0 then 'Contact' when 1 then 'User' when 3 then 'AgentBot' end,
      -- A transcript names its agents, it does not number them: the assignee is who writes.
      case l.sender_type when 0 then dialog.contact_id when 1 then l.assignee_id end,
      jsonb_build_object('user_id_assigned', l.assignee_id::text), l.created_at, l.created_at
    from line l
  )
  insert into chat.transcript_lines (message_id, position, line_id, chat_action, sender_name, translated_content, attachment)
  select l.message_id, l.position, l.line_id, l.chat_action, l.sender_name, l.translated_content, l.attachment
  from line l;
end $$;

comment on function chat._store_transcript(chat.dialogs, jsonb, bigint[], timestamptz[]) is
  'Inserts the transcript of a chat that came as an event as messages of its dialog, given who had it from when on.';
