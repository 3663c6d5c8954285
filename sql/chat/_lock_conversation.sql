create or replace function chat._lock_conversation(conversation_id bigint) returns chat.conversations
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_conversation chat.conversations;
begin
  select c.* into v_conversation
  from chat.conversations c
  where c.id = _lock_conversation.conversation_id
  for no key update;
  if not found then
    perform chat._refuse_unknown_conversation(_lock_conversation.conversation_id);
  end if;
  return v_conversation;
end $$;

comment on function chat._lock_conversation(bigint) is
  'The conversation as it is, and stays until the transaction ends. Error: PA030.';
