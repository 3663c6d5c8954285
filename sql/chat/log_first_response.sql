-- Of several answers the first is found in whatever order they come. To look here costs less than to hand a row over.
create or replace function chat.log_first_response() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  perform chat._log_first_response(row(m.*)::chat.messages)
  from new_messages m
  where m.message_type = 1 and m.sender_type = 'User' and not m.private
    and not exists (
      select from chat.events e
      where e.conversation_id = m.conversation_id and e.name = 'first_response' and e.created_at <= m.created_at
      offset 0
    );
  return null;
end $$;

comment on function chat.log_first_response() is 'Logs first_response for the first public answer of an agent in a conversation.';
