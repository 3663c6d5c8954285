create or replace function api.assign_conversation(conversation_id bigint, assignee_id bigint, team_id bigint default null)
returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.assign_conversation(conversation_id, assignee_id, team_id);
  return api._conversation(conversation_id);
end $$;

comment on function api.assign_conversation(bigint, bigint, bigint) is
  E'@resultFieldName conversation\n'
  'Gives a conversation to an agent, and to a team if one is named. Errors: PA030, PA032.';
