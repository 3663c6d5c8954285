create or replace function broker._lane_lock(queue_id integer, lane smallint) returns integer
language sql immutable parallel safe
return _lane_lock.queue_id * 64 + _lane_lock.lane;

-- Advisory locks of the broker, all with two keys. The first names the kind:
--   1346458188 lane:       held by the session that reads it; second key _lane_lock(queue_id, lane)
--   1346458194 reader:     held shared by every reader of a queue; second key queue_id
--   1346458195 sweep:      one worker sweeps at a time; second key 0, as in those below
--   1346458192 retention:  held shared by replay and redrive, exclusively while events are dropped
--   1346458193 partitions: one session adds partitions at a time
comment on function broker._lane_lock(integer, smallint) is 'Second key of a lane''s advisory lock; the first is 1346458188.';
