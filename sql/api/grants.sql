revoke all on all functions in schema api from public;
grant usage on schema api to parley_analyst, parley_producer, parley_operator;
grant execute on function
  api.presences(timestamptz, timestamptz, bigint[]),
  api.concurrency(timestamptz, timestamptz, bigint[], bigint[], bigint[])
to parley_analyst;

grant select on
  api.accounts, api.agents, api.teams, api.inboxes, api.dialogs, api.turns, api.ownerships,
  api.tickets, api.ticket_messages, api.ticket_changes
to parley_analyst;
grant execute on function api._dialog_of_chat(text) to parley_analyst;
grant execute on function
  api.report(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.percentiles(api.metric, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean),
  api.histogram(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean),
  api.heatmap(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.dialogs_behind(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.backlog(api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.service_level(integer, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.reopening(interval, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.wrapups(timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.live_board(bigint[], bigint[], bigint[]),
  api.live_agents(bigint[], bigint[], bigint[])
to parley_analyst;

-- What producers call looks up the account of its session.
grant usage on schema stats to parley_producer;
grant execute on function
  api._refuse_account(text), api._account(bigint), api._conversation(bigint), api._own_document(jsonb), api._own_dedupe_id(text),
  api.put_event(text, jsonb, text, text, timestamptz),
  api.put_events(api.event[]),
  api.open_conversation(bigint, bigint, bigint, text, integer, bigint, bigint, jsonb),
  api.reopen_conversation(bigint, integer),
  api.append_message(bigint, text, integer, text, bigint, boolean, text, boolean, jsonb, jsonb, timestamptz),
  api.assign_conversation(bigint, bigint, bigint),
  api.unassign_conversation(bigint),
  api.resolve_conversation(bigint),
  api.snooze_conversation(bigint, timestamptz),
  api.mention_user(bigint, bigint, bigint),
  api._ticket(bigint),
  api.open_ticket(text, bigint, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority),
  api.append_ticket_message(bigint, text, chat.ticket_author, bigint, boolean, text, boolean, jsonb),
  api.assign_ticket(bigint, bigint, bigint),
  api.unassign_ticket(bigint),
  api.set_ticket_status(bigint, chat.ticket_status),
  api.set_ticket_priority(bigint, chat.ticket_priority),
  api.link_ticket(bigint, bigint, text, text)
to parley_producer;

-- Administrators are analysts who may do more.
grant usage on schema api to parley_administrator;
grant select on api.webhook_endpoints, api.webhook_attempts to parley_administrator;
grant execute on function
  api._webhook_endpoint(integer),
  api._new_webhook_endpoint_id(),
  api._add_webhook_endpoint(integer, text, jsonb, text, text[], integer, double precision),
  api._change_webhook_endpoint(integer, integer, text, jsonb, text, text[], integer, double precision),
  api.enable_webhook_endpoint(integer), api.disable_webhook_endpoint(integer), api.remove_webhook_endpoint(integer),
  api.redeliver_webhooks(integer, bigint, timestamptz, timestamptz)
to parley_administrator;
