create or replace function api.reopen_conversation(conversation_id bigint, status integer default 0) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.reopen_conversation(conversation_id, status);
  return api._conversation(conversation_id);
end $$;

comment on function api.reopen_conversation(bigint, integer) is
  E'@resultFieldName conversation\n'
  'Makes a conversation open (status 0) or pending, with the bot (2). If it was resolved that starts a new dialog. Errors: PA030, PA036.';
