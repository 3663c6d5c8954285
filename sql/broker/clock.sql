-- Volatile and without set search_path, so that it is inlined: triggers read it for every row.
create or replace function broker.clock() returns timestamptz
language sql volatile parallel safe
return coalesce(nullif(current_setting('parley.now', true), '')::timestamptz, clock_timestamp());

comment on function broker.clock() is
  'The only clock, read anew at each call. A session freezes it with set parley.now = ''2026-01-01T00:00:00Z''; tests do.';
