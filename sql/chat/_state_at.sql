create or replace function chat._state_at(conversation_id bigint, at timestamptz, out dialog_id bigint, out assignee_id bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Times of history may be coarse. What has the same time is as the order of its insertion: a little later.
  v_at constant timestamptz := at + interval '1 millisecond';
  v_began_at timestamptz;
  v_assigned_at timestamptz;
begin
  select d.id, d.created_at into dialog_id, v_began_at from chat.dialogs d
  where d.conversation_id = _state_at.conversation_id and d.created_at <= v_at
  order by d.created_at desc
  limit 1;
  if not found then
    select d.id into dialog_id from chat.dialogs d
    where d.conversation_id = _state_at.conversation_id
    order by d.created_at
    limit 1;
  end if;

  select e.user_id, e.created_at into assignee_id, v_assigned_at from chat.events e
  where e.conversation_id = _state_at.conversation_id and e.name = 'conversation_assigned' and e.created_at <= v_at
  order by e.created_at desc, e.id desc
  limit 1;
  -- A chat that came as an event says itself who had it; only dialogs that were reopened have the assignee from before.
  if v_assigned_at < v_began_at and exists (select from chat.chats c where c.dialog_id = _state_at.dialog_id) then
    assignee_id := null;
  end if;
end $$;

comment on function chat._state_at(bigint, timestamptz) is
  'The dialog and the assignee of a conversation at a time in the past. What is older than its first dialog belongs to '
  'that. No dialog if the statement that runs has just started the first one: it is the conversation''s.';
