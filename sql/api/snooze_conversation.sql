create or replace function api.snooze_conversation(conversation_id bigint, until timestamptz default null) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.snooze_conversation(conversation_id, until);
  return api._conversation(conversation_id);
end $$;

comment on function api.snooze_conversation(bigint, timestamptz) is
  E'@resultFieldName conversation\n'
  'Puts a conversation aside, until that time or until it is opened. Errors: PA030, PA036.';
