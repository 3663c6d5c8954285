create or replace function broker.balance_lanes(queue_id integer, worker uuid, held smallint[])
returns table (share integer, surplus boolean, lane smallint, low_id bigint, crashed boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_lanes integer;
  v_wanted integer;
  v_readers integer;
  v_rank integer;
  v_share integer;
  v_gained integer := 0;
  v_row record;
begin
  if cardinality(held) = 0 then
    -- Holding it twice would need two releases.
    perform pg_advisory_unlock_shared(1346458194, balance_lanes.queue_id)
    where pg_backend_pid() in (select broker._readers(balance_lanes.queue_id));
    perform pg_advisory_lock_shared(1346458194, balance_lanes.queue_id);
  end if;

  select q.lanes, least(a.readers, q.max_readers) into v_lanes, v_wanted
  from broker.queues q
  join broker.activations a on a.queue_id = q.id
  where q.id = balance_lanes.queue_id;
  if not found then
    return query select 0, true, null::smallint, null::bigint, false;
    return;
  end if;

  select count(*), count(*) filter (where r.pid <= pg_backend_pid()) into v_readers, v_rank
  from (select broker._readers(balance_lanes.queue_id) as pid) r;
  if v_rank > greatest(v_wanted, 1) then
    return query select 0, true, null::smallint, null::bigint, false;
    return;
  end if;

  -- A reader that starts leaves room for those that start with it; soon after, it counts who really came.
  v_share := ceil(v_lanes::numeric / greatest(case when cardinality(held) = 0 then v_wanted else least(v_readers, v_wanted) end, 1));
  for v_row in
    select l.lane, l.low_id, l.worker
    from broker.lanes l
    where l.queue_id = balance_lanes.queue_id and l.lane <> all (held)
    order by l.lane
  loop
    exit when cardinality(held) + v_gained >= v_share;
    if pg_try_advisory_lock(1346458188, broker._lane_lock(balance_lanes.queue_id, v_row.lane)) then
      -- Read again, after the commit of whoever released it: the snapshot of the loop may be older.
      select l.low_id, l.worker into v_row.low_id, v_row.worker
      from broker.lanes l
      where l.queue_id = balance_lanes.queue_id and l.lane = v_row.lane
      for update;
      update broker.lanes l set worker = balance_lanes.worker, acquired_at = broker.now()
      where l.queue_id = balance_lanes.queue_id and l.lane = v_row.lane;
      v_gained := v_gained + 1;
      return query select v_share, false, v_row.lane, v_row.low_id,
        v_row.worker is not null and v_row.worker <> balance_lanes.worker;
    end if;
  end loop;
  if v_gained = 0 then
    return query select v_share, false, null::smallint, null::bigint, false;
  end if;
end $$;

comment on function broker.balance_lanes(integer, uuid, smallint[]) is
  'Takes free lanes for this session up to its fair share of the queue''s lanes. A row per lane gained, or one with lane null; '
  'surplus: more readers run than the backlog asks for and this one should end; crashed: the last owner died with the lane in hand.';
