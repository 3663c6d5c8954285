create or replace function stats.mark_rows() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select distinct c.account_id, c.dialog_id from changed c where c.dialog_id is not null;
  return null;
end $$;

comment on function stats.mark_rows() is 'Notes whose dialogs rows were inserted or deleted, once a statement and dialog.';
