-- All conditions are outside of the union, and there is no join: so a page by started_at or resolved_at is read from the index of that
-- order, and merged with the few dialogs that have changed.
create or replace view api.dialogs with (security_invoker = true) as
select
  d.dialog_id as id,
  d.account_id,
  d.conversation_id,
  d.inbox_id,
  d.contact_id,
  d.team_id,
  d.status::integer as status,
  d.started_at,
  d.first_open_at,
  d.first_assigned_at,
  d.first_customer_message_at,
  d.first_reply_at,
  d.resolved_at,
  d.status_since,
  d.waiting_since,
  d.first_assignee_id,
  d.first_replier_id,
  d.assignee_id,
  case when d.first_assigned_at is not null
    then stats._ms(greatest(d.first_assigned_at, d.first_open_at) - d.first_open_at) end / 1000::double precision as queue_wait_s,
  d.queue_wait_business_ms / 1000::double precision as queue_wait_business_s,
  case when d.first_reply_at is not null and d.first_customer_message_at is not null
    then stats._ms(greatest(d.first_reply_at, d.started_at) - d.started_at) end / 1000::double precision as first_response_s,
  case when d.first_customer_message_at is not null then d.first_response_business_ms end
    / 1000::double precision as first_response_business_s,
  case when d.first_reply_at is not null and d.first_customer_message_at is not null
    then stats._ms(greatest(d.first_reply_at, d.first_open_at) - d.first_open_at) end / 1000::double precision as first_response_human_s,
  case when d.first_customer_message_at is not null then d.first_response_human_business_ms end
    / 1000::double precision as first_response_human_business_s,
  stats._ms(d.resolved_at - d.started_at) / 1000::double precision as resolution_s,
  d.resolution_business_ms / 1000::double precision as resolution_business_s,
  d.bot_ms / 1000::double precision as bot_s,
  d.open_ms / 1000::double precision as open_s,
  d.snoozed_ms / 1000::double precision as snoozed_s,
  d.customer_waiting_ms / 1000::double precision as customer_waiting_s,
  d.handle_ms / 1000::double precision as handle_s,
  d.agents,
  d.transfers,
  d.messages_received,
  d.replies,
  d.bot_messages,
  d.turns,
  d.previous_resolved_at,
  d.reopened_at,
  d.is_reopened,
  d.is_first_contact_resolution,
  d.is_bot_contained,
  d.is_abandoned,
  d.is_short_abandoned,
  d.is_dropped,
  d.rating,
  d.is_satisfied,
  d.rated_at,
  d.wrapup_category_id,
  d.wrapup_agent_id,
  d.wrapped_up_at
from (
  select false as is_fresh, f.* from stats.dialogs f
  union all
  select true, f.* from stats.pending_dialogs((select stats.current_account())) f
) d
where d.account_id = (select stats.current_account())
  and (d.is_fresh or d.dialog_id not in (select unnest(stats.pending_ids((select stats.current_account())))));

comment on view api.dialogs is
  E'@primaryKey id\nDialogs, as of the last commit. Order by started_at or resolved_at to page through them.';
comment on column api.dialogs.id is E'@notNull\nUnique in the whole database.';
comment on column api.dialogs.account_id is E'@notNull\nThe account.';
comment on column api.dialogs.conversation_id is E'@notNull\nThe conversation, of which it is one dialog.';
comment on column api.dialogs.inbox_id is E'@notNull\nWhere the contact wrote.';
comment on column api.dialogs.contact_id is 'The customer.';
comment on column api.dialogs.team_id is 'The team that resolved it, or has it now.';
comment on column api.dialogs.status is E'@notNull\n0 open, 1 resolved, 2 pending (with the bot), 3 snoozed';
comment on column api.dialogs.started_at is E'@notNull\nWhen it left "resolved", or its conversation was created.';
comment on column api.dialogs.first_open_at is 'When it reached agents; null while the bot has it.';
comment on column api.dialogs.first_assigned_at is 'When it first had an agent.';
comment on column api.dialogs.first_customer_message_at is
  'First message of the customer; null: the agent began, and no answer has come.';
comment on column api.dialogs.first_reply_at is 'First public message that a person wrote, not the bot, a campaign or a rule.';
comment on column api.dialogs.resolved_at is 'When it was resolved; null: it lasts.';
comment on column api.dialogs.status_since is E'@notNull\nTime of the last change of status.';
comment on column api.dialogs.waiting_since is
  'First message of the customer that nobody has answered yet; null: none, or resolved.';
comment on column api.dialogs.first_assignee_id is 'The agent who had it first; null: nobody yet.';
comment on column api.dialogs.first_replier_id is 'The agent who wrote the first reply.';
comment on column api.dialogs.assignee_id is 'The agent who has it, or resolved it; null: nobody.';
comment on column api.dialogs.queue_wait_s is 'Seconds from first_open_at to the first agent; 0 if it had one then.';
comment on column api.dialogs.queue_wait_business_s is 'queue_wait_s within business hours.';
comment on column api.dialogs.first_response_s is 'Seconds from started_at to the first reply, if the customer has written.';
comment on column api.dialogs.first_response_business_s is 'first_response_s within business hours.';
comment on column api.dialogs.first_response_human_s is
  'Seconds from first_open_at to the first reply, if the customer has written.';
comment on column api.dialogs.first_response_human_business_s is 'first_response_human_s within business hours.';
comment on column api.dialogs.resolution_s is 'Seconds from started_at to resolved_at.';
comment on column api.dialogs.resolution_business_s is 'resolution_s within business hours.';
comment on column api.dialogs.bot_s is E'@notNull\nSeconds in pending, of finished intervals.';
comment on column api.dialogs.open_s is E'@notNull\nSeconds open, of finished intervals.';
comment on column api.dialogs.snoozed_s is E'@notNull\nSeconds snoozed, of finished intervals.';
comment on column api.dialogs.customer_waiting_s is E'@notNull\nSeconds that the customer waited for replies, of finished turns.';
comment on column api.dialogs.handle_s is E'@notNull\nSeconds that agents had it while it was open, of finished intervals.';
comment on column api.dialogs.agents is E'@notNull\nHow many agents have had it.';
comment on column api.dialogs.transfers is E'@notNull\nChanges from one agent to another.';
comment on column api.dialogs.messages_received is E'@notNull\nMessages of the customer until it was resolved.';
comment on column api.dialogs.replies is E'@notNull\nPublic messages that persons wrote until it was resolved.';
comment on column api.dialogs.bot_messages is E'@notNull\nPublic messages of bots, and templates, until it was resolved.';
comment on column api.dialogs.turns is E'@notNull\nHow often the customer waited for a reply.';
comment on column api.dialogs.previous_resolved_at is 'When the dialog before it in the conversation was resolved.';
comment on column api.dialogs.reopened_at is 'When the next dialog of the conversation started.';
comment on column api.dialogs.is_reopened is E'@notNull\nResolved, and the next dialog started within settings.reopen_within.';
comment on column api.dialogs.is_first_contact_resolution is
  E'@notNull\nResolved by one agent without transfer, no dialog within reopen_within before or after it.';
comment on column api.dialogs.is_bot_contained is E'@notNull\nResolved with an answer of the bot and none of a person.';
comment on column api.dialogs.is_abandoned is
  E'@notNull\nOpen to agents, the customer wrote, resolved without a reply of a person.';
comment on column api.dialogs.is_short_abandoned is E'@notNull\nAbandoned within settings.short_abandon after it was open.';
comment on column api.dialogs.is_dropped is E'@notNull\nResolved while the customer waited for a reply.';
comment on column api.dialogs.rating is 'The last grade that was submitted for it.';
comment on column api.dialogs.is_satisfied is 'Whether that is settings.satisfied_from or better; null: not rated.';
comment on column api.dialogs.rated_at is 'When it was rated.';
comment on column api.dialogs.wrapup_category_id is 'The chat server''s number of the category of the last wrap-up.';
comment on column api.dialogs.wrapup_agent_id is 'Who submitted the last wrap-up.';
comment on column api.dialogs.wrapped_up_at is 'When.';
