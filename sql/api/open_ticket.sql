create or replace function api.open_ticket(
  subject text,
  account_id bigint default null,
  contact_id bigint default null,
  external_id text default null,
  dialog_id bigint default null,
  chat_guid text default null,
  assignee_id bigint default null,
  team_id bigint default null,
  priority chat.ticket_priority default 'normal'
) returns api.tickets
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return api._ticket(chat.open_ticket(
    api._account(open_ticket.account_id), open_ticket.subject, open_ticket.contact_id, open_ticket.external_id,
    open_ticket.dialog_id, open_ticket.chat_guid, open_ticket.assignee_id, open_ticket.team_id, open_ticket.priority
  ));
end $$;

comment on function api.open_ticket(text, bigint, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority) is
  E'@resultFieldName ticket\n'
  'Gives the ticket with that externalId as it is, or opens one. It may name the dialog that it came of, or a chat (chatGuid: ChatId of '
  'events) that is not stored yet. accountId is needed where the token names no account. Errors: PA030, PA032, PA082, PA084.';
