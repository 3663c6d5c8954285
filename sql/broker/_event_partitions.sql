create or replace function broker._event_partitions() returns table (partition regclass, from_id bigint, to_id bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select b.oid::regclass, b.bounds[1]::bigint, b.bounds[2]::bigint
  from (
    select c.oid, regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(\d+)''\) TO \(''(\d+)''\)') as bounds
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'broker.events'::regclass
  ) b
  where b.bounds is not null
  order by b.bounds[1]::bigint;
$$;

comment on function broker._event_partitions() is 'Partitions of the log with their id ranges, to_id excluded; without the default one.';
