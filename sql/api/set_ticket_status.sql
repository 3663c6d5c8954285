create or replace function api.set_ticket_status(ticket_id bigint, status chat.ticket_status) returns api.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._ticket(ticket_id);
  perform chat.set_ticket_status(ticket_id, status);
  return api._ticket(ticket_id);
end $$;

comment on function api.set_ticket_status(bigint, chat.ticket_status) is
  E'@resultFieldName ticket\n'
  'Solves, closes or reopens a ticket, or lets it wait for its contact (pending). Reopened, it loses an agent who has left. Errors: PA080, PA081.';
