create or replace function chat.freeze_dialog() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'PA033',
    message = format('dialog %s is resolved and cannot be changed', old.id),
    hint = 'Reopen its conversation: that starts a new dialog.';
end $$;

comment on function chat.freeze_dialog() is 'Raises PA033: what a dialog was when it was resolved is history (seed 003, part 3).';
