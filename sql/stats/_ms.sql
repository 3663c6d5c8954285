-- No set search_path, so that it is inlined.
create or replace function stats._ms(elapsed interval) returns bigint
language sql immutable parallel safe
return extract(epoch from elapsed) * 1000;

comment on function stats._ms(interval) is 'A time in whole milliseconds, rounded: what statistics sum.';
