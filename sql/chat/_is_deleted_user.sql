create or replace function chat._is_deleted_user(account_id bigint, user_id bigint) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_is_deleted boolean;
begin
  -- A deletion that runs is waited for, and found then; a later one waits for this. The foreign key takes the same lock.
  select u.deleted_at is not null into v_is_deleted
  from chat.users u
  where u.account_id = _is_deleted_user.account_id and u.id = _is_deleted_user.user_id
  for key share;
  return coalesce(v_is_deleted, false);
end $$;

comment on function chat._is_deleted_user(bigint, bigint) is 'Whether the agent has been deleted (softly).';
