create or replace view api.tickets with (security_invoker = true) as
select
  t.id, t.account_id, t.number, t.subject, t.status, t.priority, t.assignee_id, t.team_id, t.contact_id,
  coalesce(t.dialog_id, case when t.chat_guid is not null then api._dialog_of_chat(t.chat_guid) end) as dialog_id,
  t.chat_guid, t.external_id, t.created_at, t.updated_at, t.solved_at
from chat.tickets t;

comment on view api.tickets is E'@primaryKey id\nTickets: what has to be done for contacts.';
comment on column api.tickets.id is E'@notNull\nUnique in the whole database; what mutations take.';
comment on column api.tickets.account_id is E'@notNull\nThe account.';
comment on column api.tickets.number is E'@notNull\nWhat people call it: 1, 2, 3 ... within the account.';
comment on column api.tickets.subject is E'@notNull\nWhat it is about.';
comment on column api.tickets.status is E'@notNull\nHow far it is; open at first.';
comment on column api.tickets.priority is E'@notNull\nHow urgent it is.';
comment on column api.tickets.assignee_id is 'The agent who has it; null: nobody.';
comment on column api.tickets.team_id is 'The team that has it; null: none.';
comment on column api.tickets.contact_id is 'For whom it is; null: nobody is known.';
comment on column api.tickets.dialog_id is 'The dialog that it came of; null: none, or a chat that is not stored yet. Filter by chat_guid if you can.';
comment on column api.tickets.chat_guid is 'The chat that it came of, as events name it.';
comment on column api.tickets.external_id is 'What the client, or another system, calls it: TicketId of events.';
comment on column api.tickets.created_at is E'@notNull\nWhen it was opened.';
comment on column api.tickets.updated_at is E'@notNull\nOf the last change or message.';
comment on column api.tickets.solved_at is 'When it was solved, or closed unsolved; null: it is neither.';
