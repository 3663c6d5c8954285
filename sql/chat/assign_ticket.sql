create or replace function chat.assign_ticket(ticket_id bigint, assignee_id bigint, team_id bigint default null) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_before constant chat.tickets := chat._lock_ticket(ticket_id);
  v_team_id constant bigint := coalesce(team_id, v_before.team_id);
begin
  if v_before.assignee_id is not distinct from assign_ticket.assignee_id and v_before.team_id is not distinct from v_team_id then
    return false;
  end if;
  if v_before.status = 'closed' then
    perform chat._refuse_closed_ticket(v_before);
  end if;
  perform chat._refuse_deleted_agent(v_before.account_id, assignee_id);
  perform chat._refuse_deleted_place(v_before.account_id, null, team_id);
  update chat.tickets t
  set assignee_id = assign_ticket.assignee_id, team_id = v_team_id, updated_at = greatest(broker.clock(), t.updated_at)
  where t.id = assign_ticket.ticket_id;
  return true;
end $$;

comment on function chat.assign_ticket(bigint, bigint, bigint) is
  'Gives a ticket to an agent, and to a team if one is named. False if both have it already. '
  'Errors: PA032, PA080, PA081, 23503 for an agent or team that the account does not have.';
