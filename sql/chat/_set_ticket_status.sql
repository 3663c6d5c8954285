create or replace function chat._set_ticket_status(ticket chat.tickets, status chat.ticket_status) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_now constant timestamptz := greatest(broker.clock(), ticket.updated_at);
begin
  update chat.tickets t
  set status = _set_ticket_status.status,
    -- Nobody waits for an agent who left while it was solved.
    assignee_id = case
      when _set_ticket_status.status in ('solved', 'closed') or exists (
        select from chat.users u where u.account_id = t.account_id and u.id = t.assignee_id and u.deleted_at is null
      ) then t.assignee_id end,
    solved_at = case when _set_ticket_status.status in ('solved', 'closed') then coalesce(t.solved_at, v_now) end,
    updated_at = v_now
  where t.id = ticket.id;
end $$;

comment on function chat._set_ticket_status(chat.tickets, chat.ticket_status) is 'Gives a ticket that is locked another status.';
