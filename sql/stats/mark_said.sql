-- Activities (message_type 2) are not counted.
create or replace function stats.mark_said() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Most statements insert one message: grouping it takes longer than all else here.
  if exists (select from changed offset 1) then
    insert into stats.stale (account_id, dialog_id, since)
    select c.account_id, c.dialog_id, min(c.created_at)
    from changed c
    where c.dialog_id is not null and c.message_type <> 2
    group by c.account_id, c.dialog_id;
  else
    insert into stats.stale (account_id, dialog_id, since)
    select c.account_id, c.dialog_id, c.created_at
    from changed c
    where c.dialog_id is not null and c.message_type <> 2;
  end if;
  return null;
end $$;

comment on function stats.mark_said() is 'Notes in which dialogs more was said, and since when, once a statement and dialog.';
