create or replace function outbound.clear_suspects(destination_ids integer[], ids bigint[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  update outbound.deliveries d
  set crashes = 0
  where d.ctid = any (array(select outbound._rows_at(clear_suspects.destination_ids, clear_suspects.ids)));
$$;

comment on function outbound.clear_suspects(integer[], bigint[]) is
  'Deliveries that ended in some way or other, and wait again, without having crashed their worker are suspect no more.';
