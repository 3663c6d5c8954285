create or replace function chat.open_ticket(
  account_id bigint,
  subject text,
  contact_id bigint default null,
  external_id text default null,
  dialog_id bigint default null,
  chat_guid text default null,
  assignee_id bigint default null,
  team_id bigint default null,
  priority chat.ticket_priority default 'normal'
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_ticket chat.tickets;
  v_origin constant record := chat._ticket_origin(account_id, dialog_id, chat_guid);
begin
  perform chat._lock_ticket_numbers(account_id);
  select t.id into v_ticket.id from chat.tickets t
  where t.account_id = open_ticket.account_id and t.external_id = open_ticket.external_id;
  if found then
    return v_ticket.id;
  end if;
  v_ticket.account_id := account_id;
  v_ticket.subject := subject;
  v_ticket.contact_id := coalesce(open_ticket.contact_id, v_origin.contact_id);
  v_ticket.external_id := external_id;
  v_ticket.dialog_id := v_origin.own_dialog_id;
  v_ticket.chat_guid := v_origin.chat_guid;
  v_ticket.assignee_id := assignee_id;
  v_ticket.team_id := team_id;
  v_ticket.priority := priority;
  return chat._insert_ticket(v_ticket);
end $$;

comment on function
  chat.open_ticket(bigint, text, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority) is
  'Returns the ticket with that external_id as it is, or opens one. It may name the dialog that it came of, or a chat that is not '
  'stored yet; the dialog''s contact is taken if none is given. Other tickets of the account wait until the transaction ends. '
  'Errors: PA032, PA040, PA082, PA084, 23503 for an unknown account, contact, agent or team.';
