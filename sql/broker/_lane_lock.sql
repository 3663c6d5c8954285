create or replace function broker._lane_lock(queue_id integer, lane smallint) returns integer
language sql immutable parallel safe
return _lane_lock.queue_id * 64 + _lane_lock.lane;

comment on function broker._lane_lock(integer, smallint) is
  'Second key of a lane''s advisory lock (first: 1346458188 = "PARL"). Readers also hold 1346458194 ("PARR"), queue_id, shared.';
