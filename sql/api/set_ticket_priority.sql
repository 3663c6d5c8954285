create or replace function api.set_ticket_priority(ticket_id bigint, priority chat.ticket_priority) returns api.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._ticket(ticket_id);
  perform chat.set_ticket_priority(ticket_id, priority);
  return api._ticket(ticket_id);
end $$;

comment on function api.set_ticket_priority(bigint, chat.ticket_priority) is
  E'@resultFieldName ticket\n'
  'Says how urgent a ticket is. Errors: PA080, PA081.';
