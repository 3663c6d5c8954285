-- No set search_path, so that it is inlined. Where clocks are put back shortly after midnight, the date runs back with them;
-- a day here is what lies between its midnight and the next one, in one piece.
create or replace function stats._day(slot timestamptz, time_zone text) returns date
language sql stable parallel safe
return (slot at time zone time_zone)::date
  - (slot < (slot at time zone time_zone)::date::timestamp at time zone time_zone)::integer;

comment on function stats._day(timestamptz, text) is 'The day that a quarter of an hour belongs to in a time zone.';
