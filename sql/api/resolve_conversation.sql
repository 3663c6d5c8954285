create or replace function api.resolve_conversation(conversation_id bigint) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.resolve_conversation(conversation_id);
  return api._conversation(conversation_id);
end $$;

comment on function api.resolve_conversation(bigint) is
  E'@resultFieldName conversation\n'
  'Resolves a conversation: its dialog ends. Error: PA030.';
