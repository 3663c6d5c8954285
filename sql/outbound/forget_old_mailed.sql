create or replace function outbound.forget_old_mailed(most integer default 10000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_count integer;
begin
  delete from outbound.mailed m
  where m.ctid = any (array(
    select o.ctid from outbound.mailed o where o.mailed_at < broker.now() - interval '90 days' order by o.mailed_at limit forget_old_mailed.most
  ));
  get diagnostics v_count = row_count;
  return v_count;
end $$;

comment on function outbound.forget_old_mailed(integer) is
  'Forgets who has mails of deliveries that were given up 90 days ago, at most so many, and returns how many; called until none is left.';
