create or replace function outbound._rows_of(outcomes jsonb, outcome outbound.outcome) returns setof tid
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  -- By its key for each: joined otherwise, a destination for which a million wait would be read whole.
  select d.ctid
  from jsonb_to_recordset(_rows_of.outcomes) as o (destination_id integer, id bigint, outcome outbound.outcome)
  cross join lateral (
    select d.ctid
    from outbound.deliveries d
    where d.destination_id = o.destination_id and d.id = o.id
    offset 0
  ) d
  where o.outcome = _rows_of.outcome;
$$;

comment on function outbound._rows_of(jsonb, outbound.outcome) is 'Where the deliveries are that ended so.';
