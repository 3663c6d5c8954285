create or replace function broker.now() returns timestamptz
language sql stable parallel safe
return coalesce(nullif(current_setting('parley.now', true), '')::timestamptz, clock_timestamp());

comment on function broker.now() is
  'The only clock of the broker. A session freezes it with set parley.now = ''2026-01-01T00:00:00Z''; tests do.';
