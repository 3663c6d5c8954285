create or replace function chat._refuse_deleted_user(account_id bigint, user_id bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'PA032',
    message = format('agent %s of account %s has been deleted', user_id, account_id),
    hint = 'Assign somebody else, or set the agent''s deleted_at to null.';
end $$;

comment on function chat._refuse_deleted_user(bigint, bigint) is 'Raises PA032.';
