-- Whoever has SQL can set parley.account_id. So the setting chooses among the accounts of the role that reads; only behind
-- GraphQL, whose logins are members of parley_web and whose tokens are checked, it is believed.
-- In plpgsql, which looks at roles without a query: every request asks several times.
create or replace function stats.current_account() returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chosen constant bigint := nullif(current_setting('parley.account_id', true), '');
begin
  if pg_has_role(session_user, 'parley_web', 'member') then
    return v_chosen;
  end if;
  return (
    select min(a.account_id) from stats.analysts a
    where (a.account_id = v_chosen or v_chosen is null)
      and exists (select from pg_roles r where r.rolname = a.role_name and pg_has_role(session_user, r.oid, 'member'))
  );
end $$;

comment on function stats.current_account() is
  'The account that this session reads; null: none. Behind GraphQL that of the token; for a login with SQL the one in stats.analysts, '
  'or, if it has several, the one that `set parley.account_id` chooses among them, else the first.';
