create or replace function api.unassign_conversation(conversation_id bigint) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.unassign_conversation(conversation_id);
  return api._conversation(conversation_id);
end $$;

comment on function api.unassign_conversation(bigint) is
  E'@resultFieldName conversation\n'
  'Takes a conversation from its agent. Error: PA030.';
