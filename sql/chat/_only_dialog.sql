create or replace function chat._only_dialog(started bigint, current bigint, conversation_id bigint) returns bigint
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if started is distinct from current then
    raise exception using
      errcode = 'PA039',
      message = format('conversation %s would have two dialogs of one statement', conversation_id),
      hint = 'Open it in one statement, resolve and reopen it in the next.';
  end if;
  return started;
end $$;

comment on function chat._only_dialog(bigint, bigint, bigint) is
  'The dialog that a statement started, if it is the one that its conversation is left with. Error: PA039.';
