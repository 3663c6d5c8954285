create or replace function chat.set_ticket_priority(ticket_id bigint, priority chat.ticket_priority) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_before constant chat.tickets := chat._lock_ticket(ticket_id);
begin
  if v_before.priority = set_ticket_priority.priority then
    return false;
  end if;
  if v_before.status = 'closed' then
    perform chat._refuse_closed_ticket(v_before);
  end if;
  update chat.tickets t
  set priority = set_ticket_priority.priority, updated_at = greatest(broker.clock(), t.updated_at)
  where t.id = set_ticket_priority.ticket_id;
  return true;
end $$;

comment on function chat.set_ticket_priority(bigint, chat.ticket_priority) is
  'Says how urgent a ticket is. False if it is so already. Errors: PA080, PA081.';
