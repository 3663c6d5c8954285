revoke all on all functions in schema chat from public;
grant usage on schema chat to parley_producer, parley_worker, parley_operator, parley_analyst;

-- The chat server writes conversations, by rows or by functions. Dialogs, events and what hangs on them are the triggers'.
grant select on
  chat.accounts, chat.inboxes, chat.users, chat.teams, chat.contacts,
  chat.conversations, chat.dialogs, chat.events, chat.messages, chat.mentions
to parley_producer;
grant insert (id, name, puts_chat_events, created_at, updated_at), update (name, puts_chat_events, updated_at)
  on chat.accounts to parley_producer;
grant insert (account_id, name, channel_type, identifier, created_at, updated_at),
  update (name, channel_type, identifier, updated_at, deleted_at)
  on chat.inboxes to parley_producer;
grant insert (account_id, id, name, email, created_at, updated_at), update (name, email, updated_at, deleted_at)
  on chat.users to parley_producer;
grant insert (account_id, id, name, created_at, updated_at), update (name, updated_at, deleted_at)
  on chat.teams to parley_producer;
grant insert (account_id, name, email, phone_number, identifier, additional_attributes, custom_attributes, created_at, updated_at),
  update (name, email, phone_number, identifier, additional_attributes, custom_attributes, updated_at)
  on chat.contacts to parley_producer;
grant insert (
    account_id, inbox_id, contact_id, status, assignee_id, team_id, identifier, snoozed_until,
    additional_attributes, custom_attributes, created_at, updated_at
  ),
  update (
    inbox_id, contact_id, status, assignee_id, team_id, identifier, snoozed_until,
    additional_attributes, custom_attributes, updated_at
  )
  on chat.conversations to parley_producer;
grant insert (
    account_id, inbox_id, conversation_id, content, message_type, private, status, source_id, content_type, content_attributes,
    sender_type, sender_id, additional_attributes, created_at, updated_at
  ),
  update (content, status, source_id, content_type, content_attributes, additional_attributes, updated_at)
  on chat.messages to parley_producer;
grant insert (account_id, inbox_id, conversation_id, name, value, user_id, created_at, updated_at) on chat.events to parley_producer;
grant insert (account_id, conversation_id, user_id, message_id, mentioned_at, created_at, updated_at),
  update (mentioned_at, updated_at)
  on chat.mentions to parley_producer;
grant execute on function
  chat.open_conversation(bigint, bigint, bigint, text, integer, bigint, bigint, jsonb),
  chat.reopen_conversation(bigint, integer),
  chat.append_message(bigint, text, integer, text, bigint, boolean, text, boolean, jsonb, jsonb, timestamptz),
  chat.assign_conversation(bigint, bigint, bigint),
  chat.unassign_conversation(bigint),
  chat.resolve_conversation(bigint),
  chat.snooze_conversation(bigint, timestamptz),
  chat.mention_user(bigint, bigint, bigint)
to parley_producer;
grant select on chat.tickets, chat.ticket_messages, chat.ticket_changes to parley_producer;
grant execute on function
  chat.dialog_of_chat(bigint, text),
  chat.open_ticket(bigint, text, bigint, text, bigint, text, bigint, bigint, chat.ticket_priority),
  chat.append_ticket_message(bigint, text, chat.ticket_author, bigint, boolean, text, boolean, jsonb),
  chat.assign_ticket(bigint, bigint, bigint),
  chat.unassign_ticket(bigint),
  chat.set_ticket_status(bigint, chat.ticket_status),
  chat.set_ticket_priority(bigint, chat.ticket_priority),
  chat.link_ticket(bigint, bigint, text, text)
to parley_producer;
-- What the trigger of chat.events calls with the rights of who inserts.
grant execute on function chat._is_own_event(text), chat._place_event(chat.events) to parley_producer;

-- Which accounts put events is an operator's choice too.
grant update (name, puts_chat_events) on chat.accounts to parley_operator;
grant execute on function chat.forget_contact(bigint, bigint) to parley_operator;
grant execute on function chat.wake_snoozed() to parley_worker;

grant execute on function
  chat.store_chat_queued(bigint, timestamptz, jsonb),
  chat.store_chat_started(bigint, timestamptz, jsonb),
  chat.store_chat_replied(bigint, timestamptz, jsonb),
  chat.store_chat_ended(bigint, timestamptz, jsonb),
  chat.store_chat_rating_submitted(bigint, timestamptz, jsonb),
  chat.store_chat_wrapup_submitted(bigint, timestamptz, jsonb),
  chat.store_visitor_landed(bigint, timestamptz, jsonb),
  chat.store_visitor_conversion_achieved(bigint, timestamptz, jsonb),
  chat.store_ban_added(bigint, timestamptz, jsonb),
  chat.store_offline_message_submitted(bigint, timestamptz, jsonb),
  chat.store_agent_status_changed(bigint, timestamptz, jsonb),
  chat.store_agent_preference_changed(bigint, timestamptz, jsonb),
  chat.store_agent_chat_replied(bigint, timestamptz, jsonb),
  chat.store_canned_message_used(bigint, timestamptz, jsonb),
  chat.store_auto_invitation(bigint, timestamptz, jsonb),
  chat.store_manual_invitation_logged(bigint, timestamptz, jsonb),
  chat.store_other_event(bigint, timestamptz, text, jsonb),
  chat.file_in_ticket(
    bigint, bigint, text, text, text, jsonb, chat.ticket_author, jsonb, text, text, boolean, boolean, bigint, text, chat.ticket_priority, text, jsonb)
to parley_worker;

grant select on all tables in schema chat to parley_operator;

-- Analysts read schema api. It shows them names, and policies (sql/api/policies.sql) those of their account only.
revoke select on all tables in schema chat from parley_analyst;
grant select (id, name, created_at) on chat.accounts to parley_analyst;
grant select (account_id, id, name, created_at, deleted_at) on chat.users, chat.teams to parley_analyst;
grant select (account_id, id, name, channel_type, identifier, created_at, deleted_at) on chat.inboxes to parley_analyst;
grant select (
    id, account_id, number, subject, status, priority, assignee_id, team_id, contact_id, dialog_id, chat_guid, external_id,
    created_at, updated_at, solved_at
  )
  on chat.tickets to parley_analyst;
grant select (
    id, ticket_id, author, agent_id, contact_id, private, content, attachments, source_id, event_id, created_at
  )
  on chat.ticket_messages to parley_analyst;
grant select (id, ticket_id, status, priority, assignee_id, team_id, created_at) on chat.ticket_changes to parley_analyst;
