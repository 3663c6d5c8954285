-- The dialog takes the conversation as it is, not as it was inserted: within one statement it may have been changed
-- again, by a function that the statement calls or by a trigger of somebody else, and that has been followed already.
create or replace function chat.follow_new_conversations() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  insert into chat.dialogs
    (id, account_id, inbox_id, conversation_id, status, assignee_id, contact_id, team_id, created_at, updated_at)
  select chat._only_dialog(n.dialog_id, c.dialog_id, n.id), c.account_id, c.inbox_id, n.id, c.status, c.assignee_id, c.contact_id,
    c.team_id, n.created_at, c.updated_at
  from new_conversations n
  cross join lateral (select f.* from chat.conversations f where f.id = n.id offset 0) c
  where n.status <> 1
  order by n.dialog_id;

  insert into chat.events (name, value, account_id, inbox_id, user_id, conversation_id, dialog_id, created_at, updated_at)
  select e.name, 0, n.account_id, n.inbox_id, n.assignee_id, n.id, n.dialog_id, e.at, e.at
  from new_conversations n
  cross join lateral (values
    (chat._status_event(n.status), n.created_at, n.status <> 1),
    -- One that comes resolved with its last dialog is history: its events are written with it.
    ('conversation_assigned', n.updated_at, n.assignee_id is not null and (n.status <> 1 or n.dialog_id is null))
  ) e (name, at, happened)
  where e.happened
  order by n.id, e.at;
  return null;
end $$;

comment on function chat.follow_new_conversations() is
  'Starts the dialog of every new conversation and logs its first events. One that is resolved from the start has no dialog, and '
  'no event but the assignment.';
