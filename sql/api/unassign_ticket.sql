create or replace function api.unassign_ticket(ticket_id bigint) returns api.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._ticket(ticket_id);
  perform chat.unassign_ticket(ticket_id);
  return api._ticket(ticket_id);
end $$;

comment on function api.unassign_ticket(bigint) is
  E'@resultFieldName ticket\n'
  'Takes a ticket from its agent; its team keeps it. Errors: PA080, PA081.';
