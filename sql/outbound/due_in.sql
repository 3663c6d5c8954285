create or replace function outbound.due_in(ids integer[], in_hand bigint[])
returns table (destination_id integer, seconds double precision)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_sort = off
as $$
  select i, greatest(extract(epoch from greatest(d.due_at, '2000-01-01') - broker.now()), 0)::double precision
  from unnest(due_in.ids) i
  cross join lateral (
    select d.due_at
    from outbound.deliveries d
    -- Those that have become due since they were received, too.
    where d.destination_id = i and d.state in ('retry', 'behind') and d.due_at < 'infinity' and d.id <> all (due_in.in_hand)
    order by d.due_at
    limit 1
  ) d;
$$;

comment on function outbound.due_in(integer[], bigint[]) is
  'Seconds until the next retry of each destination that has one, those in hand left out.';
