create or replace function chat._chat_ended(dialog_id bigint) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dialog chat.dialogs;
  v_contact chat.contacts;
  v_conversation chat.conversations;
  v_messages jsonb;
  v_last_sender integer;
  v_agent_ids jsonb;
  v_was_with_bot boolean;
  v_was_open boolean;
  v_waited boolean;
  v_started_at timestamptz;
  v_transfers jsonb;
begin
  select d.* into v_dialog from chat.dialogs d where d.id = _chat_ended.dialog_id;
  select c.* into v_conversation from chat.conversations c where c.id = v_dialog.conversation_id;
  select c.* into v_contact from chat.contacts c where c.account_id = v_dialog.account_id and c.id = v_dialog.contact_id;

  select
    coalesce(jsonb_agg(jsonb_build_object(
      'Id', m.id,
      'ChatAction', 0,
      'SenderType', chat._sender_type(m.message_type, m.sender_type),
      'SenderName', case chat._sender_type(m.message_type, m.sender_type)
        when 0 then v_contact.name
        when 1 then (select u.name from chat.users u where u.account_id = m.account_id and u.id = m.sender_id)
      end,
      'Message', m.content,
      'translatedMessage', null,
      'Attachement', null,
      'Time', chat._json_time(m.created_at)
    ) order by m.created_at, m.id), '[]'),
    (array_agg(chat._sender_type(m.message_type, m.sender_type) order by m.created_at desc, m.id desc))[1]
  into v_messages, v_last_sender
  from chat.messages m
  where m.conversation_id = v_dialog.conversation_id and m.dialog_id = v_dialog.id and not m.private;

  select
    bool_or(e.name = 'conversation_pending'),
    bool_or(e.name = 'conversation_open'),
    bool_or(e.name = 'conversation_open' and e.user_id is null),
    min(e.created_at) filter (where e.name = 'conversation_pending' or e.user_id is not null)
  into v_was_with_bot, v_was_open, v_waited, v_started_at
  from chat.events e
  where e.conversation_id = v_dialog.conversation_id and e.dialog_id = v_dialog.id and chat._is_own_event(e.name);

  select coalesce(jsonb_agg(a.user_id order by a.since), '[]') into v_agent_ids
  from (
    select e.user_id, min(e.created_at) as since from chat.events e
    where e.conversation_id = v_dialog.conversation_id and e.dialog_id = v_dialog.id and e.user_id is not null
      and chat._is_own_event(e.name)
    group by e.user_id
  ) a;

  select coalesce(jsonb_agg(jsonb_build_object(
    'Time', chat._json_time(t.created_at), 'TransferType', 0, 'FromId', t.from_id, 'ToId', t.user_id, 'AgentId', t.from_id, 'IfSuccess', true
  ) order by t.created_at), '[]') into v_transfers
  from (
    select e.name, e.user_id, e.created_at, lag(e.user_id) over (order by e.created_at) as from_id
    from chat.events e
    where e.conversation_id = v_dialog.conversation_id and e.dialog_id = v_dialog.id
      and chat._is_own_event(e.name) and e.name <> 'first_response'
  ) t
  where t.name = 'conversation_assigned' and t.from_id <> t.user_id;

  return chat._chat_of_dialog(v_dialog.account_id, v_dialog.conversation_id, v_dialog.id)
    || jsonb_build_object(
      'AgentIds', v_agent_ids,
      'RequestTime', chat._json_time(v_dialog.created_at),
      'Start', chat._json_time(coalesce(v_started_at, v_dialog.created_at)),
      'End', chat._json_time(v_dialog.updated_at),
      'PreChatName', v_contact.name,
      'PreChatEmail', v_contact.email,
      'PreChatPhone', v_contact.phone_number,
      'PreChatDepartmentId', v_dialog.team_id,
      'PreChatDepartmentName',
        (select t.name from chat.teams t where t.account_id = v_dialog.account_id and t.id = v_dialog.team_id),
      'Messages', v_messages,
      'SocialMediaSource', 0,
      'ChatType', case when not v_was_with_bot then 0 when v_was_open then 2 else 1 end,
      'ChatSource', 0,
      'MissedChatStatus', case when v_was_open and v_agent_ids = '[]' then 2 else 0 end,
      'IfEnterQueue', coalesce(v_waited, false),
      'AgentAvgResponseTime', chat._agent_avg_response_time(v_dialog.id),
      'LasMessageSendBy', case when v_last_sender is null then -1 else least(v_last_sender, 2) end,
      'IfNewTicket', false,
      'RequestPageUrl', v_conversation.additional_attributes ->> 'referer',
      'CustomFields', coalesce((
        select jsonb_agg(jsonb_build_object('Id', f.position, 'Name', f.name, 'Value', f.value) order by f.position)
        from jsonb_each_text(v_conversation.custom_attributes) with ordinality as f (name, value, position)
      ), '[]'),
      'CustomVariable', '[]'::jsonb,
      'TransferLogs', v_transfers,
      'Attachments', '[]'::jsonb,
      'BotActions', '[]'::jsonb
    )
    || case when v_contact.id is null then '{}' else jsonb_build_object(
      'Visitor', jsonb_build_object(
        'Id', coalesce(v_contact.identifier, v_contact.id::text),
        'Country', v_contact.additional_attributes ->> 'country',
        'City', v_contact.additional_attributes ->> 'city',
        'Language', v_contact.additional_attributes ->> 'language',
        'LastName', v_contact.name,
        'LastEmail', v_contact.email,
        'segmentIds', '[]'::jsonb
      )
    ) end;
end $$;

comment on function chat._chat_ended(bigint) is
  'A resolved dialog as the document of chat.ended (class Chat of seed 000), with its transcript but without private notes.';
