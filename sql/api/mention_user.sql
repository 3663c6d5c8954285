create or replace function api.mention_user(conversation_id bigint, user_id bigint, message_id bigint default null) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  return chat.mention_user(conversation_id, user_id, message_id);
end $$;

comment on function api.mention_user(bigint, bigint, bigint) is
  E'@resultFieldName mentionId\n'
  'Records that an agent was mentioned; once for a message, if one is named. Errors: PA030, PA037.';
