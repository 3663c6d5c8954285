create or replace aggregate stats.sum(bigint) (sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe);

comment on aggregate stats.sum(bigint) is
  'As sum(), but a bigint: sum() adds bigints up as numeric, which makes reports of many rows and columns take twice as long.';
