create or replace function api.assign_ticket(ticket_id bigint, assignee_id bigint, team_id bigint default null) returns api.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._ticket(ticket_id);
  perform chat.assign_ticket(ticket_id, assignee_id, team_id);
  return api._ticket(ticket_id);
end $$;

comment on function api.assign_ticket(bigint, bigint, bigint) is
  E'@resultFieldName ticket\n'
  'Gives a ticket to an agent, and to a team if one is named. Errors: PA032, PA080, PA081.';
