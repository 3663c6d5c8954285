create or replace function outbound._hold_behind(outcomes jsonb) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_sort = off
as $$
  update outbound.deliveries d
  set due_at = 'infinity'
  where d.ctid = any (array(
    select n.ctid
    from jsonb_to_recordset(_hold_behind.outcomes) as o
      (destination_id integer, id bigint, key text, outcome outbound.outcome, delayed boolean)
    cross join lateral (
      select w.ctid, w.due_at
      from outbound.deliveries w
      where w.destination_id = o.destination_id and w.key = o.key and w.state = 'behind' and w.id > o.id
      order by w.id
      limit 100
    ) n
    where o.outcome = 'failed' and o.delayed and n.due_at <> 'infinity'
      -- Or nobody would let them go: it has been delivered after all.
      and exists (select from outbound.deliveries f where f.destination_id = o.destination_id and f.id = o.id and f.state = 'retry')
  ));
$$;

comment on function outbound._hold_behind(jsonb) is
  'What had been let go behind a delivery that fails again, waits again. No more than a hundred of a key are ever let go.';
