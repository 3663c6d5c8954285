revoke all on function
  api._dialog_of_chat(text),
  api._ticket(bigint),
  api.open_ticket(text, bigint, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority),
  api.append_ticket_message(bigint, text, chat.ticket_author, bigint, boolean, text, boolean, jsonb),
  api.assign_ticket(bigint, bigint, bigint),
  api.unassign_ticket(bigint),
  api.set_ticket_status(bigint, chat.ticket_status),
  api.set_ticket_priority(bigint, chat.ticket_priority),
  api.link_ticket(bigint, bigint, text, text)
from public;

grant select on api.tickets, api.ticket_messages, api.ticket_changes to parley_analyst;
grant execute on function api._dialog_of_chat(text) to parley_analyst;
grant execute on function
  api._ticket(bigint),
  api.open_ticket(text, bigint, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority),
  api.append_ticket_message(bigint, text, chat.ticket_author, bigint, boolean, text, boolean, jsonb),
  api.assign_ticket(bigint, bigint, bigint),
  api.unassign_ticket(bigint),
  api.set_ticket_status(bigint, chat.ticket_status),
  api.set_ticket_priority(bigint, chat.ticket_priority),
  api.link_ticket(bigint, bigint, text, text)
to parley_producer;
