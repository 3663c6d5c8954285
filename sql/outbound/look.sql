create or replace function outbound.look(kind text, after_id bigint)
returns table (destination_id integer, first_id bigint, last_id bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_sort = off
as $$
  select d.destination_id, min(d.id), max(d.id)
  from (
    -- In this order, for only the index on (kind, id) gives it: the primary key, which would group, is read whole.
    select n.destination_id, n.id
    from outbound.deliveries n
    where n.kind = look.kind and n.id > look.after_id
    order by n.kind, n.id
    offset 0
  ) d
  group by d.destination_id;
$$;

comment on function outbound.look(text, bigint) is 'Which destinations have deliveries above this id: what is new to a dispatcher.';
