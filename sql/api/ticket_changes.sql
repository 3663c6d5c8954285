create or replace view api.ticket_changes with (security_invoker = true) as
select c.id, c.ticket_id, c.status, c.priority, c.assignee_id, c.team_id, c.created_at
from chat.ticket_changes c;

comment on view api.ticket_changes is
  E'@primaryKey id\nWhat status, priority, assignee and team tickets have had, and since when, in the order of ids. Filter by ticket_id.';
comment on column api.ticket_changes.id is E'@notNull\nLater changes have higher ones.';
comment on column api.ticket_changes.ticket_id is E'@notNull\nThe ticket.';
comment on column api.ticket_changes.status is E'@notNull\nIts status from then on.';
comment on column api.ticket_changes.priority is E'@notNull\nIts priority from then on.';
comment on column api.ticket_changes.assignee_id is 'The agent who had it from then on; null: nobody.';
comment on column api.ticket_changes.team_id is 'The team that had it from then on; null: none.';
comment on column api.ticket_changes.created_at is E'@notNull\nSince when it was so.';
