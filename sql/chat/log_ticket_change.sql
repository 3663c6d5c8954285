create or replace function chat.log_ticket_change() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into chat.ticket_changes (account_id, ticket_id, status, priority, assignee_id, team_id, created_at)
  values (new.account_id, new.id, new.status, new.priority, new.assignee_id, new.team_id, new.updated_at);
  return null;
end $$;

comment on function chat.log_ticket_change() is 'Writes chat.ticket_changes.';
