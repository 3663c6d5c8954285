create or replace function stats.mark_dialogs() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id) select c.account_id, c.id from changed c;
  return null;
end $$;

comment on function stats.mark_dialogs() is 'Notes dialogs that are gone.';
