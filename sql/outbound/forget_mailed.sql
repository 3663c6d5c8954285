create or replace function outbound.forget_mailed(delivery_id text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  delete from outbound.mailed m where m.delivery_id = forget_mailed.delivery_id;
$$;

comment on function outbound.forget_mailed(text) is
  'Forgets who has the mail of a delivery that everybody has by now: delivered again on purpose, it goes to all.';
