create or replace function chat._lock_ticket(ticket_id bigint) returns chat.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_ticket chat.tickets;
begin
  select t.* into v_ticket from chat.tickets t where t.id = _lock_ticket.ticket_id for no key update;
  if not found then
    raise exception using
      errcode = 'PA080',
      message = case when ticket_id is null then 'ticket_id must not be null' else format('there is no ticket %s', ticket_id) end,
      hint = 'Open it first, by chat.open_ticket. Functions take the id of a ticket, not its number.';
  end if;
  return v_ticket;
end $$;

comment on function chat._lock_ticket(bigint) is 'The ticket as it is, and stays until the transaction ends. Error: PA080.';
