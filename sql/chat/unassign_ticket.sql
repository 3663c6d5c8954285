create or replace function chat.unassign_ticket(ticket_id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return chat.assign_ticket(ticket_id, null);
end $$;

comment on function chat.unassign_ticket(bigint) is
  'Takes a ticket from its agent; its team keeps it. False if nobody had it. Errors: PA080, PA081.';
