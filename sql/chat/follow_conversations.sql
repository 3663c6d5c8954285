-- One statement, since each costs every single change: what changed is found once. The full join is an inner one that
-- cannot become a nested loop, which would compare every row of a bulk statement with every other. Dialogs are found by
-- look-ups that cannot become scans (decision 7), and take the conversation as it is: within one statement it may have
-- been changed once more, and that has been followed already.
create or replace function chat.follow_conversations() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  with changed as materialized (
    select n.id, n.account_id, n.inbox_id, n.status, n.assignee_id, n.dialog_id, n.created_at, n.updated_at,
      n.status <> o.status as has_new_status,
      n.assignee_id is distinct from o.assignee_id as has_new_assignee,
      o.status = 1 and n.status <> 1 as starts_dialog,
      o.status <> 1 as had_dialog
    from new_conversations n
    full join old_conversations o on o.id = n.id
    where (n.status <> o.status or n.assignee_id is distinct from o.assignee_id or n.team_id is distinct from o.team_id
        or n.inbox_id <> o.inbox_id or n.contact_id is distinct from o.contact_id)
      -- A resolved conversation whose past gets another last dialog has that one's assignee: nothing happens now.
      and (n.status <> 1 or o.status <> 1 or n.dialog_id is not distinct from o.dialog_id)
  ),
  followed as (
    update chat.dialogs d
    set status = c.status, assignee_id = c.assignee_id, team_id = c.team_id, inbox_id = c.inbox_id, contact_id = c.contact_id,
      updated_at = c.updated_at
    from changed
    cross join lateral (select f.* from chat.conversations f where f.id = changed.id offset 0) c
    cross join lateral (select f.ctid from chat.dialogs f where f.id = changed.dialog_id and f.status <> 1 offset 0) found
    where changed.had_dialog and d.ctid = found.ctid
  ),
  started as (
    insert into chat.dialogs
      (id, account_id, inbox_id, conversation_id, status, assignee_id, contact_id, team_id, created_at, updated_at)
    select chat._only_dialog(changed.dialog_id, c.dialog_id, c.id), c.account_id, c.inbox_id, c.id, c.status, c.assignee_id,
      c.contact_id, c.team_id, changed.updated_at - changed.has_new_assignee::integer * interval '1 microsecond', c.updated_at
    from changed
    cross join lateral (select f.* from chat.conversations f where f.id = changed.id offset 0) c
    where changed.starts_dialog
  )
  -- An assignment takes effect before its update resolves the conversation, else after the change of status.
  insert into chat.events (name, value, account_id, inbox_id, user_id, conversation_id, dialog_id, created_at, updated_at)
  select e.name, floor(extract(epoch from e.at - c.created_at)), c.account_id, c.inbox_id, c.assignee_id, c.id, c.dialog_id, e.at, e.at
  from changed c
  cross join lateral (
    select chat._status_event(c.status) as name,
      c.updated_at - (c.has_new_assignee and c.status <> 1)::integer * interval '1 microsecond' as at
    where c.has_new_status
    union all
    select 'conversation_assigned',
      c.updated_at - (c.has_new_status and c.status = 1)::integer * interval '1 microsecond'
    where c.has_new_assignee
  ) e
  order by c.id, e.at;
  return null;
end $$;

comment on function chat.follow_conversations() is
  'Brings the dialogs of changed conversations up to date, starts those of reopened ones, and logs changes of status and assignee.';
