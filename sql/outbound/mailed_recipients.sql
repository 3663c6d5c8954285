create or replace function outbound.mailed_recipients(delivery_id text) returns setof bytea
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select m.recipient from outbound.mailed m where m.delivery_id = mailed_recipients.delivery_id
$$;

comment on function outbound.mailed_recipients(text) is
  'Digests of those who have the mail of a delivery that is still on its way to others.';
