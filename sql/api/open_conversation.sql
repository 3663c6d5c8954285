create or replace function api.open_conversation(
  inbox_id bigint,
  contact_id bigint,
  account_id bigint default null,
  identifier text default null,
  status integer default 0,
  assignee_id bigint default null,
  team_id bigint default null,
  additional_attributes jsonb default '{}'
) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return api._conversation(chat.open_conversation(
    api._account(open_conversation.account_id), open_conversation.inbox_id, open_conversation.contact_id,
    open_conversation.identifier, open_conversation.status, open_conversation.assignee_id, open_conversation.team_id,
    open_conversation.additional_attributes
  ));
end $$;

comment on function api.open_conversation(bigint, bigint, bigint, text, integer, bigint, bigint, jsonb) is
  E'@resultFieldName conversation\n'
  'Gives the conversation with that identifier, or without one the contact''s in that inbox: made if there is none, reopened with that '
  'status and assignee if it is resolved, else left as it is. accountId is needed where the token names no account. '
  'Errors: PA030, PA032, PA035.';
