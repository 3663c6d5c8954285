create or replace function outbound._rows_at(destination_ids integer[], ids bigint[]) returns setof tid
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  -- By its key for each: joined otherwise, a destination for which a million wait would be read whole.
  select d.ctid
  from unnest(_rows_at.destination_ids, _rows_at.ids) as o (destination_id, id)
  cross join lateral (
    select d.ctid
    from outbound.deliveries d
    where d.destination_id = o.destination_id and d.id = o.id
    offset 0
  ) d;
$$;

comment on function outbound._rows_at(integer[], bigint[]) is 'Where these deliveries are.';
