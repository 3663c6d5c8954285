-- The plan must not depend on how full the table was when it was made. As a plain join it could, and did, become a scan of
-- the whole index: planned while the queue was empty, run when it held the dead rows of hours. A lateral look-up cannot.
create or replace function broker.confirm(queue_id integer, lanes smallint[], ids bigint[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
  delete from broker.messages m
  where m.queue_id = confirm.queue_id and m.ctid = any (array(
    select found.ctid
    from unnest(confirm.lanes, confirm.ids) as c (lane, id)
    cross join lateral (
      select f.ctid
      from broker.messages f
      where f.queue_id = confirm.queue_id and f.lane = c.lane and f.id = c.id
      offset 0
    ) found
  ));
end $$;

comment on function broker.confirm(integer, smallint[], bigint[]) is
  'Removes handled messages from the queue (Confirm of seed 000).';
