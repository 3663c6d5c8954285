create or replace function chat.refuse_deletion() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'PA034',
    message = format('rows of chat.%I are not deleted: history refers to them', tg_table_name),
    hint = format('update chat.%I set deleted_at = now() where ...', tg_table_name);
end $$;

comment on function chat.refuse_deletion() is 'Raises PA034 for agents, teams and inboxes.';
