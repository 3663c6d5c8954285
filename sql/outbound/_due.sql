create or replace function outbound._due(destination_id integer, in_hand bigint[], most integer)
returns setof outbound.deliveries
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_sort = off
as $$
  select d.*
  from outbound.deliveries d
  where d.destination_id = _due.destination_id and d.state in ('retry', 'behind') and d.due_at <= broker.now()
    and d.id <> all (_due.in_hand)
  order by d.due_at, d.id
  limit _due.most;
$$;

comment on function outbound._due(integer, bigint[], integer) is
  'Retries whose time has come, and what may go on behind one that is over; of one key in order, since only its first can be a retry.';
