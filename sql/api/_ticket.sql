create or replace function api._ticket(ticket_id bigint) returns api.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id constant bigint := stats.current_account();
  v_ticket api.tickets;
begin
  select
    t.id, t.account_id, t.number, t.subject, t.status, t.priority, t.assignee_id, t.team_id, t.contact_id,
    coalesce(t.dialog_id, chat.dialog_of_chat(t.account_id, t.chat_guid)), t.chat_guid, t.external_id,
    t.created_at, t.updated_at, t.solved_at
  into v_ticket
  from chat.tickets t
  where t.id = _ticket.ticket_id and (v_account_id is null or t.account_id = v_account_id);
  if not found then
    raise exception using
      errcode = 'PA080',
      message = format('there is no ticket %s', _ticket.ticket_id);
  end if;
  return v_ticket;
end $$;

comment on function api._ticket(bigint) is 'The ticket as it is this moment. Error: PA080, the same for one of another account as for none.';
