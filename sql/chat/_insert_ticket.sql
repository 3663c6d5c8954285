create or replace function chat._insert_ticket(ticket chat.tickets) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  perform chat._refuse_deleted_agent(ticket.account_id, ticket.assignee_id);
  perform chat._refuse_deleted_place(ticket.account_id, null, ticket.team_id);
  update chat.ticket_numbers n set last_number = n.last_number + 1
  where n.account_id = ticket.account_id
  returning n.last_number into ticket.number;

  ticket.id := nextval('chat.tickets_id_seq');
  ticket.status := 'open';
  ticket.priority := coalesce(ticket.priority, 'normal');
  ticket.created_at := broker.clock();
  ticket.updated_at := ticket.created_at;
  insert into chat.tickets select ticket.*;
  return ticket.id;
end $$;

comment on function chat._insert_ticket(chat.tickets) is
  'Inserts a ticket under the account''s next number; chat._lock_ticket_numbers comes first. Errors: PA032, 23503.';
