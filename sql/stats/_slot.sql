-- No set search_path, so that it is inlined.
create or replace function stats._slot(at timestamptz) returns timestamptz
language sql immutable parallel safe
return date_bin('15 minutes', at, '2000-01-01 00:00+00');

comment on function stats._slot(timestamptz) is 'The quarter of an hour that a moment lies in.';
