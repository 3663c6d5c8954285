create or replace function outbound.ticket_references(destination_id integer, names text[])
returns table (name text, reference text, event_id bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return query
    select r.name, r.reference, r.event_id from outbound.ticket_references r
    where r.destination_id = ticket_references.destination_id and r.name = any (names);
end $$;

comment on function outbound.ticket_references(integer, text[]) is
  'What another ticket system calls the tickets that it was given under these names.';
