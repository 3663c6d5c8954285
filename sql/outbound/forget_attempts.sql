create or replace function outbound.forget_attempts(most integer default 10000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_count integer;
begin
  delete from outbound.attempts a
  where a.ctid = any (array(
    select o.ctid
    from outbound.attempts o
    where o.started_at < broker.now() - (select s.attempts_kept from outbound.settings s)
    limit forget_attempts.most
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function outbound.forget_attempts(integer) is
  'Deletes attempts older than settings.attempts_kept, at most so many, and returns how many; called until none is left.';
