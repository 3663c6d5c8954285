-- Activities (message_type 2) are not counted. Once a message: nearly all statements insert one, and to group it took longer than to note it.
create or replace function stats.mark_said() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id, since)
  select c.account_id, c.dialog_id, c.created_at from changed c where c.dialog_id is not null and c.message_type <> 2;
  return null;
end $$;

comment on function stats.mark_said() is 'Notes in which dialogs more was said, and since when.';
