create or replace function outbound.keep_ticket_reference(destination_id integer, names text[], reference text, event_id bigint)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  -- One order for all, so that two that keep the same names do not wait for each other.
  insert into outbound.ticket_references as r (destination_id, name, reference, event_id)
  select keep_ticket_reference.destination_id, n.name, keep_ticket_reference.reference, keep_ticket_reference.event_id
  from unnest(names) n (name)
  order by n.name
  on conflict on constraint ticket_references_pkey do update
    set reference = excluded.reference, event_id = greatest(r.event_id, excluded.event_id);
end $$;

comment on function outbound.keep_ticket_reference(integer, text[], text, bigint) is
  'Remembers what another ticket system calls the ticket that it was given under these names, by that event.';
