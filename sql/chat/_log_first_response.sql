create or replace function chat._log_first_response(answer chat.messages) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  -- The microsecond behind a message is left free for this.
  v_at constant timestamptz := answer.created_at + interval '1 microsecond';
begin
  if exists (
    select from chat.events e
    where e.conversation_id = answer.conversation_id and e.name = 'first_response' and e.created_at <= v_at
  ) then
    return;
  end if;

  insert into chat.events as e (name, value, account_id, inbox_id, user_id, conversation_id, dialog_id, created_at, updated_at)
  select 'first_response', floor(extract(epoch from v_at - c.created_at)), answer.account_id, answer.inbox_id,
    (answer.additional_attributes ->> 'user_id_assigned')::bigint, answer.conversation_id, answer.dialog_id, v_at, v_at
  from chat.conversations c
  where c.id = answer.conversation_id
  -- History that is older than what was taken for the first answer.
  on conflict (conversation_id) where name = 'first_response' do update
  set value = excluded.value, user_id = excluded.user_id, dialog_id = excluded.dialog_id,
    created_at = excluded.created_at, updated_at = excluded.updated_at
  where excluded.created_at < e.created_at;
end $$;

comment on function chat._log_first_response(chat.messages) is
  'Logs an agent''s public answer as first_response, unless the conversation has an earlier one (seed 003, part 1).';
