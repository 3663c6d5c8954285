create or replace function outbound.record_suspects(destination_ids integer[], ids bigint[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  update outbound.deliveries d
  set crashes = d.crashes + 1
  where d.ctid = any (array(select outbound._rows_at(record_suspects.destination_ids, record_suspects.ids)));
$$;

comment on function outbound.record_suspects(integer[], bigint[]) is
  'Before these deliveries are made for a destination whose last worker crashed: counts a crash for each in advance.';
