create or replace function chat._refuse_other_account(what text, conversation_id bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'PA031',
    message = format('the %s names another account or inbox than its conversation %s', what, conversation_id),
    hint = 'Leave account_id and inbox_id out: they are taken from the conversation.';
end $$;

comment on function chat._refuse_other_account(text, bigint) is 'Raises PA031.';
