create or replace function api.append_ticket_message(
  ticket_id bigint,
  content text,
  author chat.ticket_author default 'contact',
  agent_id bigint default null,
  private boolean default false,
  source_id text default null,
  reopen boolean default null,
  attachments jsonb default '[]'
) returns api.ticket_messages
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_id bigint;
  v_message api.ticket_messages;
begin
  perform api._ticket(append_ticket_message.ticket_id);
  v_id := chat.append_ticket_message(
    append_ticket_message.ticket_id, append_ticket_message.content, append_ticket_message.author, append_ticket_message.agent_id,
    append_ticket_message.private, append_ticket_message.source_id, append_ticket_message.reopen, append_ticket_message.attachments
  );
  select
    m.id, m.ticket_id, m.author, m.agent_id, m.contact_id, m.private, m.content, m.attachments, m.source_id,
    m.event_id, m.created_at
  into v_message
  from chat.ticket_messages m
  where m.id = v_id;
  return v_message;
end $$;

comment on function api.append_ticket_message(bigint, text, chat.ticket_author, bigint, boolean, text, boolean, jsonb) is
  E'@resultFieldName message\n'
  'Adds a message; for a sourceId that the ticket has already, changes nothing and gives that message. reopen: the ticket is opened, '
  'whatever its status; by default if its contact wrote. attachments: a list of objects with name, url, size. Errors: PA080, PA081.';
