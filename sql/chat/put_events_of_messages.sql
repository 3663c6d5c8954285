create or replace function chat.put_events_of_messages() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from chat.accounts a where a.puts_chat_events limit 1;
  if not found then
    return null;
  end if;

  insert into broker.events (name, data, key)
  select
    case m.message_type when 0 then 'chat.visitor.replied' else 'chat.agent.replied' end,
    chat._chat_of_dialog(m.account_id, m.conversation_id, m.dialog_id)
      || case when m.message_type = 1 then jsonb_build_object('AgentId', m.sender_id) else '{}' end
      || jsonb_build_object('MessageId', m.id, 'Message', m.content, 'Time', chat._json_time(m.created_at)),
    m.dialog_id::text
  from new_messages m
  where m.dialog_id is not null and (m.message_type = 0 or m.message_type = 1 and m.sender_type = 'User') and not m.private
    and chat._puts_chat_events(m.account_id, m.dialog_id, m.created_at)
  order by m.id;
  return null;
end $$;

comment on function chat.put_events_of_messages() is
  'Puts chat.visitor.replied and chat.agent.replied for accounts that want it (accounts.puts_chat_events).';
