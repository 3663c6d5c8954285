create or replace function broker.release_lanes(queue_id integer, lanes smallint[], low_ids bigint[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update broker.lanes l
  set low_id = greatest(l.low_id, r.low_id), worker = null
  from unnest(release_lanes.lanes, release_lanes.low_ids) as r (lane, low_id)
  where l.queue_id = release_lanes.queue_id and l.lane = r.lane;
  perform pg_advisory_unlock(1346458188, broker._lane_lock(release_lanes.queue_id, r.lane))
  from unnest(release_lanes.lanes) as r (lane);
end $$;

comment on function broker.release_lanes(integer, smallint[], bigint[]) is
  'Gives lanes of this session back in good order, with the id up to which each is settled.';
