-- No set search_path: it would stop the planner from inlining this into the fan-out.
create or replace function broker.lane_of(key text, message_id bigint, lanes smallint) returns smallint
language sql immutable parallel safe
return ((coalesce(pg_catalog.hashtextextended(key, 0), message_id) & 9223372036854775807) % lanes)::smallint;

comment on function broker.lane_of(text, bigint, smallint) is
  'Lane of a message: by its key; messages without one are spread evenly.';
