create or replace function broker._make_puts_wait() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
begin
  lock table broker.messages in share mode;
exception
  when lock_not_available then
    raise exception using
      errcode = 'PA005',
      message = 'a new queue cannot get its first route now: a transaction that put events is still open',
      hint = 'Subscribe it in a transaction of its own, after the one that creates it.';
end $$;

comment on function broker._make_puts_wait() is 'Lets no put start before this transaction ends; PA005 when an open one does not end soon.';
