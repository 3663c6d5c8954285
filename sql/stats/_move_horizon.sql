-- Ids are drawn before they are committed: a long transaction may still bring one that is lower than all that have been taken. So the
-- horizon follows in two steps: the highest id and the transactions of one flush are noted, and believed when those have ended.
create or replace function stats._move_horizon(newest_id bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_horizon record;
begin
  -- One snapshot for both: what was settled is also seen. A transaction to come is one of the server that a dump is from.
  select h.id, h.next_id,
    pg_snapshot_xmin(pg_current_snapshot()) >= h.next_xid
      or h.next_xid >= pg_snapshot_xmax(pg_current_snapshot()) and h.next_xid is distinct from pg_current_xact_id_if_assigned()
      as is_settled,
    coalesce((select s.id from stats.stale s where s.id >= h.id order by s.id limit 1), h.next_id + 1) as first_id
  into v_horizon
  from stats.horizon h;
  if not v_horizon.is_settled then
    return;
  elsif v_horizon.first_id <= v_horizon.next_id then
    update stats.horizon h set id = v_horizon.first_id where h.id < v_horizon.first_id;
  elsif newest_id is not null then
    update stats.horizon h set id = h.next_id + 1, next_id = newest_id, next_xid = pg_current_xact_id();
  end if;
end $$;

comment on function stats._move_horizon(bigint) is
  'Moves stats.horizon behind the rows of stats.stale that are gone. newest_id: the highest id that had been drawn when this transaction '
  'had no id of its own yet; null: it had one.';
