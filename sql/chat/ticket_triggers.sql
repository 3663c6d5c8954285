create or replace trigger _200_log_new after insert on chat.tickets
  for each row execute function chat.log_ticket_change();
comment on trigger _200_log_new on chat.tickets is 'The history of a ticket begins when it is opened.';

create or replace trigger _200_log after update on chat.tickets
  for each row
  when ((new.status, new.priority, new.assignee_id, new.team_id) is distinct from (old.status, old.priority, old.assignee_id, old.team_id))
  execute function chat.log_ticket_change();
comment on trigger _200_log on chat.tickets is 'Whoever changes it: the history has no holes.';
