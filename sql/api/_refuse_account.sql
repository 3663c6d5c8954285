create or replace function api._refuse_account(account_id text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = 'PA030', message = format('there is no account %s', left(account_id, 20));
end $$;

comment on function api._refuse_account(text) is 'Raises PA030, whether that account exists or not.';
