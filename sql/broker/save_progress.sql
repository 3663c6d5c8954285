create or replace function broker.save_progress(
  queue_id integer,
  lanes smallint[],
  low_ids bigint[]
) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update broker.lanes l
  set low_id = p.low_id
  from unnest(save_progress.lanes, save_progress.low_ids) as p (lane, low_id)
  where l.queue_id = save_progress.queue_id and l.lane = p.lane and p.low_id > l.low_id;
$$;

comment on function broker.save_progress(integer, smallint[], bigint[]) is
  'Remembers how far lanes are settled, so that a successor after a crash need not search from the start. Called seldom.';
