create or replace function chat.set_ticket_status(ticket_id bigint, status chat.ticket_status) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_before constant chat.tickets := chat._lock_ticket(ticket_id);
begin
  if v_before.status = set_ticket_status.status then
    return false;
  end if;
  if v_before.status = 'closed' and set_ticket_status.status <> 'open' then
    perform chat._refuse_closed_ticket(v_before);
  end if;
  perform chat._set_ticket_status(v_before, set_ticket_status.status);
  return true;
end $$;

comment on function chat.set_ticket_status(bigint, chat.ticket_status) is
  'Solves, closes or reopens a ticket, or lets it wait for its contact (pending). False if it has that status. '
  'Reopened, it loses an agent who has left. Errors: PA080, PA081 for a closed ticket that is not opened.';
