create or replace function chat.append_ticket_message(
  ticket_id bigint,
  content text,
  author chat.ticket_author default 'contact',
  agent_id bigint default null,
  private boolean default false,
  source_id text default null,
  reopen boolean default null,
  attachments jsonb default '[]'
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_ticket constant chat.tickets := chat._lock_ticket(ticket_id);
  v_reopen constant boolean := coalesce(reopen, author = 'contact') and v_ticket.status <> 'open';
  v_id bigint;
begin
  select m.id into v_id from chat.ticket_messages m
  where m.account_id = v_ticket.account_id and m.ticket_id = append_ticket_message.ticket_id
    and m.source_id = append_ticket_message.source_id;
  if found then
    return v_id;
  end if;
  if v_ticket.status = 'closed' and not v_reopen then
    perform chat._refuse_closed_ticket(v_ticket);
  end if;

  insert into chat.ticket_messages
    (account_id, ticket_id, author, agent_id, contact_id, private, content, attachments, source_id, created_at)
  values (
    v_ticket.account_id, v_ticket.id, append_ticket_message.author, append_ticket_message.agent_id,
    case append_ticket_message.author when 'contact' then v_ticket.contact_id end,
    coalesce(append_ticket_message.private, false), append_ticket_message.content,
    coalesce(append_ticket_message.attachments, '[]'), append_ticket_message.source_id, broker.clock()
  )
  returning id into v_id;
  if v_reopen then
    perform chat._set_ticket_status(v_ticket, 'open');
  else
    update chat.tickets t set updated_at = greatest(broker.clock(), t.updated_at) where t.id = v_ticket.id;
  end if;
  return v_id;
end $$;

comment on function
  chat.append_ticket_message(bigint, text, chat.ticket_author, bigint, boolean, text, boolean, jsonb) is
  'Adds a message and returns its id; for a source_id that the ticket has already, changes nothing and returns that id. '
  'reopen: the ticket is opened, whatever its status; by default if its contact wrote. '
  'Errors: PA080, PA081 for a closed ticket that is not reopened, 23505 for a source_id of another ticket.';
