-- The look at accounts first: where no account wants this, it must cost nothing.
create or replace function chat.put_events_of_dialogs() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  perform from chat.accounts a where a.puts_chat_events limit 1;
  if not found then
    return null;
  end if;

  insert into broker.events (name, data, key)
  with happened as materialized (
    select e.*, c.team_id, c.contact_id,
      -- With the bot, or an agent has it.
      e.name = 'conversation_pending' or e.name in ('conversation_open', 'conversation_assigned') and e.user_id is not null as is_served,
      e.name = 'conversation_open' and e.user_id is null
        or e.name = 'conversation_assigned' and e.user_id is null and c.status = 0 as waits
    from new_events e
    cross join lateral (select f.* from chat.conversations f where f.id = e.conversation_id offset 0) c
    where chat._is_own_event(e.name) and e.dialog_id is not null
      and chat._puts_chat_events(e.account_id, e.dialog_id, e.created_at)
  ),
  -- Once a statement: a count for each event would make bulk openings quadratic.
  queue as materialized (
    select w.id as conversation_id, row_number() over (partition by w.account_id, w.team_id order by w.dialog_id) as place
    from chat.conversations w
    where w.account_id in (select h.account_id from happened h where h.waits) and w.status = 0 and w.assignee_id is null
  )
  select p.name, p.data, h.dialog_id::text
  from happened h
  cross join lateral (
    select 1 as position, 'chat.queued' as name,
      chat._chat_of_dialog(h.account_id, h.conversation_id, h.dialog_id) - array['ChatId', 'SessionId']
        || jsonb_build_object('Messages', jsonb_build_array(jsonb_build_object(
          'DepartmentId', coalesce(h.team_id, 0),
          'NumberOfQueue', coalesce((select q.place from queue q where q.conversation_id = h.conversation_id), 1),
          'LogTime', chat._json_time(h.created_at)
        ))) as data
    where h.waits
    union all
    select 2, 'chat.started',
      chat._chat_of_dialog(h.account_id, h.conversation_id, h.dialog_id) || jsonb_build_object(
        'AgentId', h.user_id,
        'DepartmentId', h.team_id,
        'VisitorName', (select v.name from chat.contacts v where v.account_id = h.account_id and v.id = h.contact_id),
        'ChatSource', 0,
        'StartTime', chat._json_time(h.created_at)
      )
    where h.is_served and not exists (
      select from chat.events s
      where s.conversation_id = h.conversation_id and s.dialog_id = h.dialog_id and s.created_at < h.created_at
        and chat._is_own_event(s.name) and (s.name = 'conversation_pending' or s.user_id is not null)
    )
    union all
    select 3, 'chat.ended', chat._chat_ended(h.dialog_id)
    where h.name = 'conversation_resolved'
  ) p
  order by h.id, p.position;
  return null;
end $$;

comment on function chat.put_events_of_dialogs() is
  'Puts chat.queued when a dialog waits for an agent, chat.started when the bot or an agent first has it, chat.ended when it is '
  'resolved, for accounts that want it (accounts.puts_chat_events).';
