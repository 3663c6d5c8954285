create or replace function api._account(account_id bigint) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_own constant bigint := stats.current_account();
begin
  if account_id <> v_own then
    perform api._refuse_account(account_id::text);
  end if;
  return coalesce(v_own, account_id);
end $$;

comment on function api._account(bigint) is
  'The account to act in: the session''s own, which alone may be named; of a session without one, the one that is named. Error: PA030.';
