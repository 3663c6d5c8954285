create or replace function chat.assign_conversation(conversation_id bigint, assignee_id bigint, team_id bigint default null)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_before constant chat.conversations := chat._lock_conversation(conversation_id);
begin
  if v_before.assignee_id is not distinct from assign_conversation.assignee_id
    and coalesce(assign_conversation.team_id, v_before.team_id) is not distinct from v_before.team_id
  then
    return false;
  end if;
  update chat.conversations c
  set assignee_id = assign_conversation.assignee_id, team_id = coalesce(assign_conversation.team_id, c.team_id)
  where c.id = assign_conversation.conversation_id;
  return true;
end $$;

comment on function chat.assign_conversation(bigint, bigint, bigint) is
  'Gives a conversation to an agent, and to a team if one is named. False if both have it already. '
  'Errors: PA030, PA032, 23503 for an agent or team that the account does not have.';
