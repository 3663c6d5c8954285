create or replace function chat._require_read_committed(what text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'PA040',
      message = format('%s in READ COMMITTED only, not in %s', what, upper(current_setting('transaction_isolation'))),
      hint = 'A snapshot that is older than its locks does not show what it must see. Use a transaction of the default isolation level.';
  end if;
end $$;

comment on function chat._require_read_committed(text) is 'Raises PA040 in a transaction whose snapshot may be older than the locks it takes.';
