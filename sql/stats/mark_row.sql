create or replace function stats.mark_row() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select distinct c.account_id, c.dialog_id
  from (values (old.account_id, old.dialog_id), (new.account_id, new.dialog_id)) c (account_id, dialog_id)
  where c.dialog_id is not null;
  return null;
end $$;

comment on function stats.mark_row() is 'Notes whose a row was and is, if something changed that statistics count.';
