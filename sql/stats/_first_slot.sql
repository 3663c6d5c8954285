-- No set search_path, so that it is inlined. Rounded up: zones of long ago have odd offsets.
create or replace function stats._first_slot(day date, time_zone text) returns timestamptz
language sql stable parallel safe
return stats._slot(day::timestamp at time zone time_zone + interval '14 minutes 59.999999 seconds');

comment on function stats._first_slot(date, text) is 'The first quarter of an hour of a day in a time zone: see stats._day.';
