-- No set search_path, so that it is inlined.
create or replace function chat._json_time(at timestamptz) returns text
language sql stable parallel safe
return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

comment on function chat._json_time(timestamptz) is 'A time as the documents of events write it: ISO 8601 in UTC, with microseconds.';
