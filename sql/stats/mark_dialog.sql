create or replace function stats.mark_dialog() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id) values (old.account_id, old.id);
  return null;
end $$;

comment on function stats.mark_dialog() is 'Notes a dialog whose own row changed in a way that no event tells.';
