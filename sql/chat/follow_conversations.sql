-- Most statements change one conversation, and to start a plan that joins takes longer than to run it: such a change is
-- told by plain statements. Others are told whole, by one that finds once what changed. Its full join is an inner one that
-- cannot become a nested loop, which would compare every row with every other; dialogs are found by look-ups that cannot
-- become scans (decision 7).
-- Within one statement a conversation may have been changed once more, and that has been followed already: its dialog is
-- as young as that change then. One that starts takes the conversation as it is.
create or replace function chat.follow_conversations() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v record;
  v_at timestamptz;
begin
  select n.id, n.account_id, n.inbox_id, n.contact_id, n.status, n.assignee_id, n.team_id, n.dialog_id, n.created_at, n.updated_at,
    o.status = 1 and n.status <> 1 as starts_dialog,
    o.status <> 1 and (n.status, n.assignee_id, n.team_id, n.inbox_id, n.contact_id)
      is distinct from (o.status, o.assignee_id, o.team_id, o.inbox_id, o.contact_id) as changes_dialog,
    chat._events_of_change(o.status, n.status, o.assignee_id, n.assignee_id, o.dialog_id, n.dialog_id) as events
  into v
  from new_conversations n
  cross join old_conversations o
  where not exists (select from new_conversations offset 1);

  if found then
    if v.starts_dialog then
      insert into chat.dialogs
        (id, account_id, inbox_id, conversation_id, status, assignee_id, contact_id, team_id, created_at, updated_at)
      select chat._only_dialog(v.dialog_id, c.dialog_id, c.id), c.account_id, c.inbox_id, c.id, c.status, c.assignee_id,
        c.contact_id, c.team_id, v.updated_at - (cardinality(v.events) - 1) * interval '1 microsecond', c.updated_at
      from chat.conversations c
      where c.id = v.id;
    elsif v.changes_dialog then
      update chat.dialogs d
      set status = v.status, assignee_id = v.assignee_id, team_id = v.team_id, inbox_id = v.inbox_id, contact_id = v.contact_id,
        updated_at = v.updated_at
      where d.id = v.dialog_id and d.status <> 1 and d.updated_at < v.updated_at;
    end if;
    for v_n in 1..cardinality(v.events) loop
      v_at := v.updated_at - (cardinality(v.events) - v_n) * interval '1 microsecond';
      insert into chat.events (name, value, account_id, inbox_id, user_id, conversation_id, dialog_id, created_at, updated_at)
      values (v.events[v_n], floor(extract(epoch from v_at - v.created_at)), v.account_id, v.inbox_id, v.assignee_id, v.id,
        v.dialog_id, v_at, v_at);
    end loop;
    return null;
  end if;

  with changed as materialized (
    select n.id, n.account_id, n.inbox_id, n.contact_id, n.status, n.assignee_id, n.team_id, n.dialog_id, n.created_at, n.updated_at,
      o.status = 1 and n.status <> 1 as starts_dialog,
      o.status <> 1 and (n.status, n.assignee_id, n.team_id, n.inbox_id, n.contact_id)
        is distinct from (o.status, o.assignee_id, o.team_id, o.inbox_id, o.contact_id) as changes_dialog,
      chat._events_of_change(o.status, n.status, o.assignee_id, n.assignee_id, o.dialog_id, n.dialog_id) as events
    from new_conversations n
    full join old_conversations o on o.id = n.id
  ),
  followed as (
    update chat.dialogs d
    set status = c.status, assignee_id = c.assignee_id, team_id = c.team_id, inbox_id = c.inbox_id, contact_id = c.contact_id,
      updated_at = c.updated_at
    from changed c
    cross join lateral (
      select f.ctid from chat.dialogs f
      where f.id = c.dialog_id and f.status <> 1 and f.updated_at < c.updated_at
      offset 0
    ) found
    where c.changes_dialog and d.ctid = found.ctid
  ),
  started as (
    insert into chat.dialogs
      (id, account_id, inbox_id, conversation_id, status, assignee_id, contact_id, team_id, created_at, updated_at)
    select chat._only_dialog(changed.dialog_id, c.dialog_id, c.id), c.account_id, c.inbox_id, c.id, c.status, c.assignee_id,
      c.contact_id, c.team_id, changed.updated_at - (cardinality(changed.events) - 1) * interval '1 microsecond', c.updated_at
    from changed
    cross join lateral (select f.* from chat.conversations f where f.id = changed.id offset 0) c
    where changed.starts_dialog
  )
  insert into chat.events (name, value, account_id, inbox_id, user_id, conversation_id, dialog_id, created_at, updated_at)
  select e.name, floor(extract(epoch from t.at - c.created_at)), c.account_id, c.inbox_id, c.assignee_id, c.id, c.dialog_id, t.at, t.at
  from changed c
  cross join lateral unnest(c.events) with ordinality e (name, n)
  cross join lateral (select c.updated_at - (cardinality(c.events) - e.n) * interval '1 microsecond' as at) t
  order by c.id, e.n;
  return null;
end $$;

comment on function chat.follow_conversations() is
  'Brings the dialogs of changed conversations up to date, starts those of reopened ones, and logs changes of status and assignee.';
