-- No set search_path, so that it is inlined.
create or replace function stats._plus(a bigint, b bigint) returns bigint
language sql immutable parallel safe
return nullif(coalesce(a, 0) + coalesce(b, 0), 0);

comment on function stats._plus(bigint, bigint) is 'Adds up, where null stands for 0.';
