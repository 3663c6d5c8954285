create or replace function broker.confirm(queue_id integer, lanes smallint[], ids bigint[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  delete from broker.messages m
  using unnest(confirm.lanes, confirm.ids) as c (lane, id)
  where m.queue_id = confirm.queue_id and m.lane = c.lane and m.id = c.id;
end $$;

comment on function broker.confirm(integer, smallint[], bigint[]) is
  'Removes handled messages from the queue (Confirm of seed 000).';
