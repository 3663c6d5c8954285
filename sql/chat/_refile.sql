create or replace function chat._refile(conversation_id bigint, dialog chat.dialogs, replaced chat.dialogs) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  -- chat._state_at takes what is a little older than a change for what follows it.
  v_since timestamptz := least(dialog.created_at, replaced.created_at) - interval '1 millisecond';
  v_until timestamptz;
  v_row record;
  v_state record;
  v_answer chat.messages;
  v_has_other_answers boolean := replaced.id is not null;
begin
  -- What is older than the first dialog belongs to that; what follows a dialog belongs to it until the next begins.
  if not exists (
    select from chat.dialogs d where d.conversation_id = _refile.conversation_id and d.created_at <= v_since
  ) then
    v_since := '-infinity';
  end if;
  select d.created_at into v_until from chat.dialogs d
  where d.conversation_id = _refile.conversation_id and d.created_at > greatest(dialog.updated_at, replaced.updated_at)
  order by d.created_at
  limit 1;
  v_until := coalesce(v_until, 'infinity');

  for v_row in
    select m.id, m.created_at from chat.messages m
    where m.conversation_id = _refile.conversation_id and m.created_at >= v_since and m.created_at < v_until
      and not exists (select from chat.transcript_lines l where l.message_id = m.id offset 0)
  loop
    v_state := chat._state_at(conversation_id, v_row.created_at);
    update chat.messages m
    set dialog_id = v_state.dialog_id,
      additional_attributes = m.additional_attributes || jsonb_build_object('user_id_assigned', v_state.assignee_id::text)
    where m.id = v_row.id and m.dialog_id is distinct from v_state.dialog_id;
    v_has_other_answers := v_has_other_answers or found;
  end loop;

  update chat.mentions m
  set dialog_id = (chat._state_at(m.conversation_id, m.mentioned_at)).dialog_id
  where m.conversation_id = _refile.conversation_id and m.mentioned_at >= v_since and m.mentioned_at < v_until;

  for v_row in
    select e.id, e.created_at, case when e.dialog_id = replaced.id then replaced.assignee_id else d.assignee_id end as assignee_id
    from chat.events e
    left join lateral (select f.assignee_id from chat.dialogs f where f.id = e.dialog_id offset 0) d on true
    where e.conversation_id = _refile.conversation_id and e.created_at >= v_since and e.created_at < v_until
      and e.name <> 'first_response' and not (e.dialog_id = dialog.id and chat._is_own_event(e.name))
  loop
    v_state := chat._state_at(conversation_id, v_row.created_at);
    -- Another agent than the assignee of that dialog was named by the client.
    update chat.events e
    set dialog_id = v_state.dialog_id,
      user_id = case when not chat._is_own_event(e.name) and (e.user_id is null or e.user_id = v_row.assignee_id)
        then v_state.assignee_id else e.user_id end
    where e.id = v_row.id;
  end loop;

  if v_has_other_answers then
    delete from chat.events e where e.conversation_id = _refile.conversation_id and e.name = 'first_response';
    select n.* into v_answer from chat.messages n
    where n.conversation_id = _refile.conversation_id and n.message_type = 1 and n.sender_type = 'User' and not n.private
    order by n.created_at
    limit 1;
    if found then
      perform chat._log_first_response(v_answer);
    end if;
  end if;
end $$;

comment on function chat._refile(bigint, chat.dialogs, chat.dialogs) is
  'Gives what clients wrote in a conversation the dialog and assignee of its moment, after a dialog was inserted into its past or '
  'taken away: around that dialog, and around what it was before (replaced). Logs first_response for what is the first answer now.';
