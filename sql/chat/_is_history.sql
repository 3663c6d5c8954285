-- No set search_path: it would stop the planner from inlining this into triggers that run for every row.
create or replace function chat._is_history(at timestamptz, now timestamptz) returns boolean
language sql immutable parallel safe
return at < now - interval '1 minute';

comment on function chat._is_history(timestamptz, timestamptz) is
  'Whether a time that a client gave tells of the past. Up to a minute back it is taken for live: clocks differ, statements wait.';
