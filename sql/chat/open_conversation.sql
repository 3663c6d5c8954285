create or replace function chat.open_conversation(
  account_id bigint,
  inbox_id bigint,
  contact_id bigint,
  identifier text default null,
  status integer default 0,
  assignee_id bigint default null,
  team_id bigint default null,
  additional_attributes jsonb default '{}'
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_id bigint;
  v_status smallint;
begin
  -- One at a time for a contact: two clients that look at once would both find nothing.
  perform from chat.contacts c
  where c.account_id = open_conversation.account_id and c.id = open_conversation.contact_id
  for no key update;
  if not found then
    raise exception using
      errcode = 'PA035',
      message = format('there is no contact %s in account %s',
        coalesce(open_conversation.contact_id::text, 'null'), coalesce(open_conversation.account_id::text, 'null')),
      hint = 'Insert it into chat.contacts first.';
  end if;

  -- Two queries: no index serves a choice.
  if open_conversation.identifier is null then
    -- An older snapshot would not show the conversation that another session has just made.
    perform chat._require_read_committed('a conversation is looked up by its contact');
    select c.id, c.status into v_id, v_status
    from chat.conversations c
    where c.account_id = open_conversation.account_id and c.contact_id = open_conversation.contact_id
      and c.inbox_id = open_conversation.inbox_id
    order by c.status = 1, c.updated_at desc, c.id desc
    limit 1
    for no key update;
  else
    select c.id, c.status into v_id, v_status
    from chat.conversations c
    where c.account_id = open_conversation.account_id and c.identifier = open_conversation.identifier
    for no key update;
  end if;

  if v_id is null then
    insert into chat.conversations
      (account_id, inbox_id, contact_id, identifier, status, assignee_id, team_id, additional_attributes)
    values (
      open_conversation.account_id, open_conversation.inbox_id, open_conversation.contact_id, open_conversation.identifier,
      open_conversation.status, open_conversation.assignee_id, open_conversation.team_id,
      coalesce(open_conversation.additional_attributes, '{}')
    )
    returning id into v_id;
  elsif v_status = 1 and open_conversation.status <> 1 then
    update chat.conversations c
    set status = open_conversation.status, assignee_id = open_conversation.assignee_id,
      team_id = coalesce(open_conversation.team_id, c.team_id)
    where c.id = v_id;
  end if;
  return v_id;
end $$;

comment on function chat.open_conversation(bigint, bigint, bigint, text, integer, bigint, bigint, jsonb) is
  'Returns the conversation with that identifier, or without one the contact''s unresolved or latest one in that inbox: made if there is none, '
  'reopened with that status and assignee if it is resolved, else left as it is. Errors: PA032, PA035, PA040, 23503 for an '
  'unknown inbox, agent or team.';
