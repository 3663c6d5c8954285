create or replace view api.ticket_messages with (security_invoker = true) as
select
  m.id, m.ticket_id, m.author, m.agent_id, m.contact_id, m.private, m.content, m.attachments, m.source_id,
  m.event_id, m.created_at
from chat.ticket_messages m;

comment on view api.ticket_messages is E'@primaryKey id\nWhat was written in tickets, in the order of its ids. Filter by ticket_id.';
comment on column api.ticket_messages.id is E'@notNull\nLater messages have higher ones.';
comment on column api.ticket_messages.ticket_id is E'@notNull\nThe ticket.';
comment on column api.ticket_messages.author is E'@notNull\nWho wrote. system: a transcript, a note of the chat server.';
comment on column api.ticket_messages.agent_id is 'The agent who wrote; null: no agent.';
comment on column api.ticket_messages.contact_id is 'Who wrote it, or took part in the chat that it tells.';
comment on column api.ticket_messages.private is E'@notNull\nA note among agents.';
comment on column api.ticket_messages.content is 'The text; null: attachments only.';
comment on column api.ticket_messages.attachments is E'@notNull\nA list of files: name, url, size.';
comment on column api.ticket_messages.source_id is 'The client''s own id of it; of events chat:GUID or event:ID.';
comment on column api.ticket_messages.event_id is 'The event that brought it; null: a client wrote it.';
comment on column api.ticket_messages.created_at is E'@notNull\nWhen it was added: of a transcript, after the chat.';
