create or replace function chat._follow_past_dialogs(conversation_id bigint, replaced chat.dialogs) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_was record;
  v_first record;
  v_last record;
  v_assigned record;
  v_created_at timestamptz;
begin
  select c.dialog_id, c.team_id, c.created_at, c.updated_at into v_was from chat.conversations c
  where c.id = _follow_past_dialogs.conversation_id;
  select d.created_at into v_first from chat.dialogs d
  where d.conversation_id = _follow_past_dialogs.conversation_id
  order by d.created_at
  limit 1;
  select d.id, d.assignee_id, d.team_id, d.updated_at into v_last from chat.dialogs d
  where d.conversation_id = _follow_past_dialogs.conversation_id
  order by d.created_at desc
  limit 1;
  if not found then
    delete from chat.conversations c
    where c.id = _follow_past_dialogs.conversation_id and c.identifier is null
      and c.additional_attributes = '{}' and c.custom_attributes = '{}'
      and not exists (select from chat.messages m where m.conversation_id = c.id)
      and not exists (select from chat.mentions m where m.conversation_id = c.id)
      and not exists (select from chat.events e where e.conversation_id = c.id);
    return;
  end if;

  v_created_at := case when v_was.created_at = replaced.created_at then v_first.created_at
    else least(v_was.created_at, v_first.created_at) end;
  if v_last.id is distinct from v_was.dialog_id then
    -- Who was given the conversation after its last dialog has it.
    select e.user_id into v_assigned from chat.events e
    where e.conversation_id = _follow_past_dialogs.conversation_id and e.name = 'conversation_assigned'
      and e.created_at > v_last.updated_at
    order by e.created_at desc
    limit 1;
    if found then
      v_last.assignee_id := v_assigned.user_id;
      v_last.team_id := v_was.team_id;
    end if;
    update chat.conversations c
    set dialog_id = v_last.id, assignee_id = v_last.assignee_id, team_id = v_last.team_id, created_at = v_created_at,
      updated_at = case when v_was.updated_at = replaced.updated_at then v_last.updated_at
        else greatest(v_was.updated_at, v_last.updated_at) end
    where c.id = _follow_past_dialogs.conversation_id;
  elsif v_created_at <> v_was.created_at then
    update chat.conversations c set created_at = v_created_at where c.id = _follow_past_dialogs.conversation_id;
  end if;

  if v_created_at <> v_was.created_at then
    update chat.events e
    set value = floor(extract(epoch from e.created_at - v_created_at))
    where e.conversation_id = _follow_past_dialogs.conversation_id and chat._is_own_event(e.name);
  end if;
end $$;

comment on function chat._follow_past_dialogs(bigint, chat.dialogs) is
  'Makes a conversation agree with its dialogs after one was inserted into its past, taken away or replaced: from its first on, '
  'what its last one left, unless it has been assigned since. Logs nothing. One that nothing is left of is deleted.';
