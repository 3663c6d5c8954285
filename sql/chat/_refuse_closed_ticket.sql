create or replace function chat._refuse_closed_ticket(ticket chat.tickets) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'PA081',
    message = format('ticket %s is closed', ticket.id),
    hint = 'Reopen it first, by set_ticket_status, or open another one.';
end $$;

comment on function chat._refuse_closed_ticket(chat.tickets) is 'Raises PA081.';
