create or replace function api.link_ticket(ticket_id bigint, dialog_id bigint default null, chat_guid text default null, external_id text default null) returns api.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._ticket(ticket_id);
  perform chat.link_ticket(ticket_id, dialog_id, chat_guid, external_id);
  return api._ticket(ticket_id);
end $$;

comment on function api.link_ticket(bigint, bigint, text, text) is
  E'@resultFieldName ticket\n'
  'Says of which dialog, or chat that need not be stored yet, a ticket came, and what another system calls it; null leaves it as it is. Errors: PA080, PA082, PA084.';
