-- No set search_path, so that it is inlined.
create or replace function stats._bucket(ms bigint) returns smallint
language sql immutable parallel safe
return floor(ln(greatest(ms, 1)::double precision) / ln(1.1::double precision))::smallint;

comment on function stats._bucket(bigint) is 'The bucket of api.histogram that a time falls into: each is a tenth longer than the one before.';
