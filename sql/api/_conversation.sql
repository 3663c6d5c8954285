create or replace function api._conversation(conversation_id bigint) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id constant bigint := stats.current_account();
  v_conversation api.conversation;
begin
  select
    c.id, c.account_id, c.inbox_id, c.contact_id, c.identifier, c.status, c.assignee_id,
    c.team_id, c.dialog_id, c.snoozed_until, c.created_at, c.updated_at
  into v_conversation
  from chat.conversations c
  where c.id = _conversation.conversation_id and (v_account_id is null or c.account_id = v_account_id);
  if not found then
    raise exception using
      errcode = 'PA030',
      message = format('there is no conversation %s', _conversation.conversation_id);
  end if;
  return v_conversation;
end $$;

comment on function api._conversation(bigint) is
  'The conversation as it is this moment. Error: PA030, the same for one of another account as for none.';
