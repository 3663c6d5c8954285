--! Previous: sha1:09c29ef5402e5f93536761203fcb2c881f421dd6
--! Hash: sha1:517ce8b4a052d61ccdcc0b3b3f24004fcc246ccf
--! Message: statistics

-- Statistics: facts of dialogs, sums of them in quarter hours and days, and what is not summed yet. sql/stats/index.sql tells how
-- they are kept.

create schema stats;
comment on schema stats is 'Facts about dialogs and their sums, exact by the commit. Analysts read them through schema api.';
create schema api;
comment on schema api is 'What analysts read and GraphQL shows: one account at a time.';

-- What is measured, and by whom numbers can be grouped. sql/stats/measurements.sql defines each metric.
create type api.metric as enum (
  'dialogs_started', 'offered', 'handed_off', 'queue_wait',
  'first_response', 'first_response_human', 'first_response_agent', 'outbound', 'reply_time',
  'resolution', 'active_resolution', 'bot_time', 'snoozed_time', 'assigned_to_resolved', 'customer_waiting',
  'reopened', 'first_contact_resolution', 'bot_contained', 'abandoned', 'short_abandoned', 'dropped',
  'transfers_out', 'transfers_in', 'handle_time', 'dialogs_handled',
  'messages_received', 'messages_sent', 'replies_sent', 'notes', 'mentions', 'replies_to_resolve', 'messages_to_resolve',
  'ratings', 'satisfied', 'wrapups'
);
comment on type api.metric is 'What is measured. docs/statistics.md defines each.';
create type api.dimension as enum ('account', 'agent', 'team', 'inbox');
comment on type api.dimension is 'By whom numbers are grouped.';

-- What mutations take and give.
create type api.event as (name text, data jsonb, key text, dedupe_id text, run_at timestamptz);
comment on type api.event is 'An event to put.';
comment on column api.event.name is E'@notNull\nName of the event, such as chat.ended.';
comment on column api.event.data is E'@notNull\nIts document. SiteId may be missing where the token names an account.';
comment on column api.event.key is 'Events with the same key are delivered in order; default: the chat or site of the document.';
comment on column api.event.dedupe_id is 'A second event with this id is not put; its id is that of the first.';
comment on column api.event.run_at is 'Not delivered before.';

create type api.conversation as (
  id bigint, account_id bigint, inbox_id bigint, contact_id bigint, identifier text, status integer, assignee_id bigint,
  team_id bigint, dialog_id bigint, snoozed_until timestamptz, created_at timestamptz, updated_at timestamptz
);
comment on type api.conversation is 'A conversation as it is now.';
comment on column api.conversation.id is '@notNull';
comment on column api.conversation.account_id is '@notNull';
comment on column api.conversation.inbox_id is '@notNull';
comment on column api.conversation.identifier is 'The client''s own id of it.';
comment on column api.conversation.status is E'@notNull\n0 open, 1 resolved, 2 pending (with the bot), 3 snoozed';
comment on column api.conversation.assignee_id is 'The agent who has it; null: nobody.';
comment on column api.conversation.dialog_id is 'The dialog that lasts, or the last one.';
comment on column api.conversation.snoozed_until is 'When it opens by itself; null: when somebody opens it.';
comment on column api.conversation.created_at is '@notNull';
comment on column api.conversation.updated_at is '@notNull';

create type api.message as (id bigint, conversation_id bigint, dialog_id bigint, assignee_id bigint, created_at timestamptz);
comment on type api.message is 'A message of a conversation.';
comment on column api.message.id is '@notNull';
comment on column api.message.conversation_id is '@notNull';
comment on column api.message.created_at is '@notNull';
comment on column api.message.dialog_id is 'The dialog of its moment.';
comment on column api.message.assignee_id is 'The agent who had the conversation at its moment; null: nobody.';

-- What reports return.

create type api.unit as enum ('hour', 'day', 'week', 'month');
comment on type api.unit is
  'How long the periods of a report are. Weeks begin on Monday. The first and the last period may be cut by the window.';

create type api.report_row as (
  period_start timestamptz,
  period_end timestamptz,
  id bigint,
  name text,
  dialogs_started bigint,
  offered bigint,
  handed_off bigint,
  handed_off_s_sum double precision,
  handed_off_s_mean double precision,
  queue_waits bigint,
  queue_wait_s_sum double precision,
  queue_wait_s_mean double precision,
  queue_wait_business_s_sum double precision,
  queue_wait_business_s_mean double precision,
  first_responses bigint,
  first_response_s_sum double precision,
  first_response_s_mean double precision,
  first_response_business_s_sum double precision,
  first_response_business_s_mean double precision,
  first_responses_human bigint,
  first_response_human_s_sum double precision,
  first_response_human_s_mean double precision,
  first_response_human_business_s_sum double precision,
  first_response_human_business_s_mean double precision,
  first_responses_agent bigint,
  first_response_agent_s_sum double precision,
  first_response_agent_s_mean double precision,
  outbound bigint,
  reply_times bigint,
  reply_time_s_sum double precision,
  reply_time_s_mean double precision,
  reply_time_business_s_sum double precision,
  reply_time_business_s_mean double precision,
  resolutions bigint,
  resolution_s_sum double precision,
  resolution_s_mean double precision,
  resolution_business_s_sum double precision,
  resolution_business_s_mean double precision,
  active_resolutions bigint,
  active_resolution_s_sum double precision,
  active_resolution_s_mean double precision,
  bot_times bigint,
  bot_time_s_sum double precision,
  bot_time_s_mean double precision,
  snoozed_times bigint,
  snoozed_time_s_sum double precision,
  snoozed_time_s_mean double precision,
  assigned_to_resolved bigint,
  assigned_to_resolved_s_sum double precision,
  assigned_to_resolved_s_mean double precision,
  customer_waitings bigint,
  customer_waiting_s_sum double precision,
  customer_waiting_s_mean double precision,
  reopened bigint,
  reopen_rate double precision,
  first_contact_resolutions bigint,
  first_contact_resolution_rate double precision,
  bot_contained bigint,
  bot_containment_rate double precision,
  abandoned bigint,
  short_abandoned bigint,
  abandonment_rate double precision,
  dropped bigint,
  dropped_rate double precision,
  transfers_in bigint,
  transfers_out bigint,
  handle_times bigint,
  handle_time_s_sum double precision,
  handle_time_s_mean double precision,
  dialogs_handled bigint,
  dialogs_handled_s_sum double precision,
  dialogs_handled_s_mean double precision,
  average_handle_time_s double precision,
  messages_received bigint,
  messages_sent bigint,
  replies_sent bigint,
  notes bigint,
  mentions bigint,
  replies_to_resolve_sum bigint,
  replies_to_resolve_mean double precision,
  messages_to_resolve_sum bigint,
  messages_to_resolve_mean double precision,
  ratings bigint,
  rating_sum bigint,
  rating_mean double precision,
  rating_response_rate double precision,
  satisfied bigint,
  satisfaction double precision,
  wrapups bigint
);
comment on type api.report_row is
  'What happened in a period: to the whole account, or to one agent, team or inbox. Rates and means of nothing are null.';
comment on column api.report_row.period_start is
  E'@notNull\nFirst moment that is counted: the start of an hour, day, week (on Monday) or month of the time zone, or since.';
comment on column api.report_row.period_end is E'@notNull\nFirst moment that is not counted any more.';
comment on column api.report_row.id is 'Id of the agent, team or inbox. Null: of none, or of the account.';
comment on column api.report_row.name is 'Name of the agent, team or inbox, also of one who has been deleted.';
comment on column api.report_row.dialogs_started is E'@notNull\nDialogs that started.';
comment on column api.report_row.offered is E'@notNull\nDialogs that reached agents: were open for the first time.';
comment on column api.report_row.handed_off is E'@notNull\nDialogs that the bot had before they reached agents.';
comment on column api.report_row.handed_off_s_sum is E'@notNull\nTime that the bot had them: seconds, added up.';
comment on column api.report_row.handed_off_s_mean is 'Time that the bot had them: seconds, mean.';
comment on column api.report_row.queue_waits is E'@notNull\nDialogs that were open and got their first agent.';
comment on column api.report_row.queue_wait_s_sum is E'@notNull\nTime from reaching agents to the first agent: seconds, added up.';
comment on column api.report_row.queue_wait_s_mean is 'Time from reaching agents to the first agent: seconds, mean.';
comment on column api.report_row.queue_wait_business_s_sum is
  E'@notNull\nTime from reaching agents to the first agent, within business hours: seconds, added up.';
comment on column api.report_row.queue_wait_business_s_mean is
  'Time from reaching agents to the first agent, within business hours: seconds, mean.';
comment on column api.report_row.first_responses is
  E'@notNull\nDialogs in which a customer had written and got the first reply of a person.';
comment on column api.report_row.first_response_s_sum is
  E'@notNull\nTime from the start of the dialog to the reply: seconds, added up.';
comment on column api.report_row.first_response_s_mean is 'Time from the start of the dialog to the reply: seconds, mean.';
comment on column api.report_row.first_response_business_s_sum is
  E'@notNull\nTime from the start of the dialog to the reply, within business hours: seconds, added up.';
comment on column api.report_row.first_response_business_s_mean is
  'Time from the start of the dialog to the reply, within business hours: seconds, mean.';
comment on column api.report_row.first_responses_human is E'@notNull\nThose of first_responses that had reached agents.';
comment on column api.report_row.first_response_human_s_sum is
  E'@notNull\nTime from reaching agents to the reply, also called speed of answer: seconds, added up.';
comment on column api.report_row.first_response_human_s_mean is
  'Time from reaching agents to the reply, also called speed of answer: seconds, mean.';
comment on column api.report_row.first_response_human_business_s_sum is
  E'@notNull\nTime from reaching agents to the reply, also called speed of answer, within business hours: seconds, added up.';
comment on column api.report_row.first_response_human_business_s_mean is
  'Time from reaching agents to the reply, also called speed of answer, within business hours: seconds, mean.';
comment on column api.report_row.first_responses_agent is
  E'@notNull\nHow often an agent first replied in a dialog of their own, once for each time of owning it.';
comment on column api.report_row.first_response_agent_s_sum is
  E'@notNull\nTime from getting the dialog to the reply: seconds, added up.';
comment on column api.report_row.first_response_agent_s_mean is 'Time from getting the dialog to the reply: seconds, mean.';
comment on column api.report_row.outbound is E'@notNull\nDialogs with a first message of an agent, in which no customer has written.';
comment on column api.report_row.reply_times is E'@notNull\nReplies to customers who waited.';
comment on column api.report_row.reply_time_s_sum is
  E'@notNull\nTime from the first unanswered message of the customer to the reply: seconds, added up.';
comment on column api.report_row.reply_time_s_mean is
  'Time from the first unanswered message of the customer to the reply: seconds, mean.';
comment on column api.report_row.reply_time_business_s_sum is
  E'@notNull\nTime from the first unanswered message of the customer to the reply, within business hours: seconds, added up.';
comment on column api.report_row.reply_time_business_s_mean is
  'Time from the first unanswered message of the customer to the reply, within business hours: seconds, mean.';
comment on column api.report_row.resolutions is E'@notNull\nDialogs that were resolved.';
comment on column api.report_row.resolution_s_sum is
  E'@notNull\nTime from the start of the dialog to the resolution: seconds, added up.';
comment on column api.report_row.resolution_s_mean is 'Time from the start of the dialog to the resolution: seconds, mean.';
comment on column api.report_row.resolution_business_s_sum is
  E'@notNull\nTime from the start of the dialog to the resolution, within business hours: seconds, added up.';
comment on column api.report_row.resolution_business_s_mean is
  'Time from the start of the dialog to the resolution, within business hours: seconds, mean.';
comment on column api.report_row.active_resolutions is E'@notNull\nDialogs that were resolved.';
comment on column api.report_row.active_resolution_s_sum is
  E'@notNull\nTime that they were open, neither with the bot nor snoozed: seconds, added up.';
comment on column api.report_row.active_resolution_s_mean is
  'Time that they were open, neither with the bot nor snoozed: seconds, mean.';
comment on column api.report_row.bot_times is E'@notNull\nResolved dialogs that the bot had for a time.';
comment on column api.report_row.bot_time_s_sum is E'@notNull\nTime that the bot had them: seconds, added up.';
comment on column api.report_row.bot_time_s_mean is 'Time that the bot had them: seconds, mean.';
comment on column api.report_row.snoozed_times is E'@notNull\nResolved dialogs that were snoozed for a time.';
comment on column api.report_row.snoozed_time_s_sum is E'@notNull\nTime that they were snoozed: seconds, added up.';
comment on column api.report_row.snoozed_time_s_mean is 'Time that they were snoozed: seconds, mean.';
comment on column api.report_row.assigned_to_resolved is E'@notNull\nResolved dialogs that ever had an agent.';
comment on column api.report_row.assigned_to_resolved_s_sum is
  E'@notNull\nTime from the first agent to the resolution: seconds, added up.';
comment on column api.report_row.assigned_to_resolved_s_mean is 'Time from the first agent to the resolution: seconds, mean.';
comment on column api.report_row.customer_waitings is E'@notNull\nResolved dialogs in which the customer ever waited.';
comment on column api.report_row.customer_waiting_s_sum is
  E'@notNull\nTime that the customer waited, all turns of a dialog together: seconds, added up.';
comment on column api.report_row.customer_waiting_s_mean is
  'Time that the customer waited, all turns of a dialog together: seconds, mean.';
comment on column api.report_row.reopened is
  E'@notNull\nResolved dialogs whose conversation started the next one within settings.reopen_within, counted when they were resolved.';
comment on column api.report_row.reopen_rate is 'reopened / resolutions';
comment on column api.report_row.first_contact_resolutions is
  E'@notNull\nDialogs resolved by one agent without transfer, with no other dialog of the conversation within settings.reopen_within.';
comment on column api.report_row.first_contact_resolution_rate is 'first_contact_resolutions / resolutions';
comment on column api.report_row.bot_contained is E'@notNull\nDialogs resolved with an answer of the bot and none of a person.';
comment on column api.report_row.bot_containment_rate is 'bot_contained / resolutions';
comment on column api.report_row.abandoned is
  E'@notNull\nDialogs resolved without a reply of a person, though a customer wrote and they had reached agents.';
comment on column api.report_row.short_abandoned is E'@notNull\nThose of abandoned that lasted less than settings.short_abandon.';
comment on column api.report_row.abandonment_rate is
  '(abandoned - short_abandoned) / (offered - short_abandoned), each counted at its own time; api.service_level() counts both of the same dialogs.';
comment on column api.report_row.dropped is E'@notNull\nDialogs resolved while the customer waited for a reply.';
comment on column api.report_row.dropped_rate is 'dropped / resolutions';
comment on column api.report_row.transfers_in is
  E'@notNull\nTransfers from one agent to another, counted for who got the dialog. By account: the transfers.';
comment on column api.report_row.transfers_out is
  E'@notNull\nTransfers from one agent to another, counted for who gave the dialog away.';
comment on column api.report_row.handle_times is
  E'@notNull\nAgents who handled a dialog that was resolved: had it while it was open. Once for each dialog and agent.';
comment on column api.report_row.handle_time_s_sum is
  E'@notNull\nTime that the agent had the dialog while it was open: seconds, added up.';
comment on column api.report_row.handle_time_s_mean is 'Time that the agent had the dialog while it was open: seconds, mean.';
comment on column api.report_row.dialogs_handled is E'@notNull\nResolved dialogs that any agent handled.';
comment on column api.report_row.dialogs_handled_s_sum is
  E'@notNull\nTime that agents had the dialog while it was open, all agents of a dialog together: seconds, added up.';
comment on column api.report_row.dialogs_handled_s_mean is
  'Time that agents had the dialog while it was open, all agents of a dialog together: seconds, mean.';
comment on column api.report_row.average_handle_time_s is
  'AHT in seconds. By agent, or for agents: handle_time_s_mean, what each spends on a dialog; else dialogs_handled_s_mean, what all together spend on it.';
comment on column api.report_row.messages_received is E'@notNull\nMessages of customers, counted for who had the dialog then.';
comment on column api.report_row.messages_sent is
  E'@notNull\nPublic messages to customers, of bots and rules as well, counted for who had the dialog then.';
comment on column api.report_row.replies_sent is E'@notNull\nPublic messages that a person wrote, counted for who wrote.';
comment on column api.report_row.notes is E'@notNull\nPrivate messages, counted for who wrote.';
comment on column api.report_row.mentions is E'@notNull\nHow often agents were mentioned, counted for who was.';
comment on column api.report_row.replies_to_resolve_sum is E'@notNull\nReplies of persons in the dialogs that were resolved.';
comment on column api.report_row.replies_to_resolve_mean is 'replies_to_resolve_sum / resolutions';
comment on column api.report_row.messages_to_resolve_sum is
  E'@notNull\nPublic messages in the dialogs that were resolved, of customers, persons and bots.';
comment on column api.report_row.messages_to_resolve_mean is 'messages_to_resolve_sum / resolutions';
comment on column api.report_row.ratings is E'@notNull\nDialogs that were rated, counted for who resolved them.';
comment on column api.report_row.rating_sum is E'@notNull\nTheir grades, added up.';
comment on column api.report_row.rating_mean is 'rating_sum / ratings';
comment on column api.report_row.rating_response_rate is 'ratings / resolutions, each counted at its own time';
comment on column api.report_row.satisfied is E'@notNull\nRatings from settings.satisfied_from on.';
comment on column api.report_row.satisfaction is 'satisfied / ratings';
comment on column api.report_row.wrapups is E'@notNull\nDialogs that were wrapped up, counted for who did.';

create type api.percentile_row as (
  period_start timestamptz,
  period_end timestamptz,
  id bigint,
  name text,
  n bigint,
  mean_s double precision,
  p50_s double precision,
  p90_s double precision,
  p95_s double precision,
  p99_s double precision,
  min_s double precision,
  max_s double precision,
  exact boolean
);
comment on type api.percentile_row is 'How long something took, in seconds.';
comment on column api.percentile_row.period_start is E'@notNull\nFirst moment that is counted.';
comment on column api.percentile_row.period_end is E'@notNull\nFirst moment that is not counted any more.';
comment on column api.percentile_row.id is 'Id of the agent, team or inbox. Null: of none, or of the account.';
comment on column api.percentile_row.name is 'Name of the agent, team or inbox, also of one who has been deleted.';
comment on column api.percentile_row.n is E'@notNull\nHow many times there were.';
comment on column api.percentile_row.mean_s is 'Their mean, always exact.';
comment on column api.percentile_row.p50_s is 'The median: half of them took no longer. The time of one of them, not between two.';
comment on column api.percentile_row.p90_s is '90 % took no longer.';
comment on column api.percentile_row.p95_s is '95 % took no longer.';
comment on column api.percentile_row.p99_s is '99 % took no longer.';
comment on column api.percentile_row.min_s is 'The shortest.';
comment on column api.percentile_row.max_s is 'The longest.';
comment on column api.percentile_row.exact is
  E'@notNull\nFalse: percentiles, min_s and max_s come from buckets a tenth wide, and are less than 4.8 % off.';

create type api.histogram_row as (from_s double precision, to_s double precision, n bigint);
comment on type api.histogram_row is 'How many times were how long. Each bucket is a tenth longer than the one before; empty ones are left out.';
comment on column api.histogram_row.from_s is E'@notNull\nFrom so many seconds on.';
comment on column api.histogram_row.to_s is E'@notNull\nBelow so many seconds.';
comment on column api.histogram_row.n is E'@notNull\nHow many times.';

create type api.heatmap_row as (isodow integer, hour integer, n bigint, total double precision, mean double precision);
comment on type api.heatmap_row is 'What happened at an hour of the week.';
comment on column api.heatmap_row.isodow is E'@notNull\n1 Monday to 7 Sunday.';
comment on column api.heatmap_row.hour is E'@notNull\n0 to 23, of the time zone''s clocks.';
comment on column api.heatmap_row.n is E'@notNull\nHow often.';
comment on column api.heatmap_row.total is E'@notNull\nAdded up: seconds of times, grades of ratings, messages of replies_to_resolve and messages_to_resolve.';
comment on column api.heatmap_row.mean is 'total / n';

create type api.backlog_row as (period_start timestamptz, period_end timestamptz, started bigint, resolved bigint, unresolved bigint);
comment on type api.backlog_row is 'How the number of unresolved dialogs changed in a period.';
comment on column api.backlog_row.period_start is E'@notNull\nFirst moment of the period.';
comment on column api.backlog_row.period_end is E'@notNull\nIts end.';
comment on column api.backlog_row.started is E'@notNull\nDialogs that started in it.';
comment on column api.backlog_row.resolved is E'@notNull\nDialogs that were resolved in it.';
comment on column api.backlog_row.unresolved is E'@notNull\nDialogs unresolved at its end.';

create type api.live_board_row as (
  open bigint, pending bigint, snoozed bigint, unassigned bigint, unanswered bigint, longest_waiting_since timestamptz
);
comment on type api.live_board_row is 'What is unresolved this moment.';
comment on column api.live_board_row.open is E'@notNull\nDialogs that are open.';
comment on column api.live_board_row.pending is E'@notNull\nDialogs that the bot has.';
comment on column api.live_board_row.snoozed is E'@notNull\nDialogs that are put aside.';
comment on column api.live_board_row.unassigned is E'@notNull\nOpen ones without agent.';
comment on column api.live_board_row.unanswered is E'@notNull\nOpen ones whose customer waits for a reply.';
comment on column api.live_board_row.longest_waiting_since is 'When the customer who has waited longest in an open dialog began to; null: nobody waits.';

create type api.live_agent_row as (
  id bigint, name text, open bigint, snoozed bigint, unanswered bigint, longest_waiting_since timestamptz
);
comment on type api.live_agent_row is 'What an agent has this moment.';
comment on column api.live_agent_row.id is '@notNull';
comment on column api.live_agent_row.name is 'Name of the agent.';
comment on column api.live_agent_row.open is E'@notNull\nOpen dialogs.';
comment on column api.live_agent_row.snoozed is E'@notNull\nDialogs that are put aside.';
comment on column api.live_agent_row.unanswered is E'@notNull\nOpen ones whose customer waits for a reply.';
comment on column api.live_agent_row.longest_waiting_since is 'When the customer who has waited longest began to; null: nobody waits.';

create type api.service_level_row as (
  period_start timestamptz,
  period_end timestamptz,
  id bigint,
  name text,
  offered bigint,
  answered bigint,
  answered_within bigint,
  abandoned bigint,
  short_abandoned bigint,
  service_level double precision
);
comment on type api.service_level_row is 'What has become of the dialogs that reached agents in a period, whenever it did.';
comment on column api.service_level_row.period_start is E'@notNull\nFirst moment that is counted.';
comment on column api.service_level_row.period_end is E'@notNull\nFirst moment that is not counted any more.';
comment on column api.service_level_row.id is 'Id of the agent (who had it first), team or inbox. Null: of none, or of the account.';
comment on column api.service_level_row.name is 'Name of the agent, team or inbox, also of one who has been deleted.';
comment on column api.service_level_row.offered is E'@notNull\nDialogs that were open for the first time.';
comment on column api.service_level_row.answered is E'@notNull\nThose of them in which a person has replied.';
comment on column api.service_level_row.answered_within is E'@notNull\nThose of them in which a person replied within the time.';
comment on column api.service_level_row.abandoned is E'@notNull\nThose of them that were resolved without a reply of a person, though a customer wrote.';
comment on column api.service_level_row.short_abandoned is E'@notNull\nThose of abandoned that lasted less than settings.short_abandon.';
comment on column api.service_level_row.service_level is 'answered_within / (offered - short_abandoned)';

create type api.reopening_row as (
  period_start timestamptz, period_end timestamptz, id bigint, name text, resolutions bigint, reopened bigint, reopen_rate double precision
);
comment on type api.reopening_row is 'How many of the dialogs that were resolved in a period were followed by another one of their conversation.';
comment on column api.reopening_row.period_start is E'@notNull\nFirst moment that is counted.';
comment on column api.reopening_row.period_end is E'@notNull\nFirst moment that is not counted any more.';
comment on column api.reopening_row.id is 'Id of the agent (who resolved it), team or inbox. Null: of none, or of the account.';
comment on column api.reopening_row.name is 'Name of the agent, team or inbox, also of one who has been deleted.';
comment on column api.reopening_row.resolutions is E'@notNull\nDialogs that were resolved.';
comment on column api.reopening_row.reopened is E'@notNull\nThose of them that were followed by another one within the time.';
comment on column api.reopening_row.reopen_rate is 'reopened / resolutions';

create type api.wrapup_row as (category_id integer, n bigint, share double precision);
comment on type api.wrapup_row is 'How many dialogs were wrapped up under a category.';
comment on column api.wrapup_row.category_id is 'The chat server''s number of it; null: none was chosen.';
comment on column api.wrapup_row.n is E'@notNull\nDialogs.';
comment on column api.wrapup_row.share is E'@notNull\nOf all that were wrapped up.';

create table stats.settings (
  account_id bigint primary key references chat.accounts (id),
  time_zone text not null default 'UTC',
  reopen_within interval not null default '7 days',
  short_abandon interval not null default '10 seconds',
  satisfied_from integer not null default 4,
  available_statuses integer[] not null default '{1}',
  days_until date
);
comment on table stats.settings is 'How an account counts. An account without a row counts by the defaults.';
comment on column stats.settings.time_zone is 'IANA name of the zone whose days are summed ahead; reports in other zones are exact, too, but slower.';
comment on column stats.settings.reopen_within is 'A dialog counts as reopened if the next one of its conversation starts within this time.';
comment on column stats.settings.short_abandon is 'Who gives up sooner than this after having been offered was no caller: kept out of service levels.';
comment on column stats.settings.satisfied_from is 'Ratings from this grade on count as satisfied.';
comment on column stats.settings.available_statuses is 'Codes of agent.status.changed in which an agent is available. The codes are the chat server''s own.';
comment on column stats.settings.days_until is 'stats.days and stats.histograms hold the days before this one, in time_zone; null: none.';

-- Facts. Times are moments, *_ms milliseconds; *_business_ms those within business hours, of inboxes without calendar all.

create table stats.dialogs (
  dialog_id bigint primary key,
  account_id bigint not null,
  conversation_id bigint not null,
  inbox_id bigint not null,
  contact_id bigint,
  team_id bigint,
  status smallint not null,
  started_at timestamptz not null,
  first_open_at timestamptz,
  first_assigned_at timestamptz,
  first_customer_message_at timestamptz,
  first_reply_at timestamptz,
  resolved_at timestamptz,
  status_since timestamptz not null,
  waiting_since timestamptz,
  first_assignee_id bigint,
  first_replier_id bigint,
  assignee_id bigint,
  bot_ms bigint not null,
  open_ms bigint not null,
  snoozed_ms bigint not null,
  customer_waiting_ms bigint not null,
  handle_ms bigint not null,
  queue_wait_business_ms bigint,
  first_response_business_ms bigint,
  first_response_human_business_ms bigint,
  resolution_business_ms bigint,
  agents integer not null,
  transfers integer not null,
  messages_received integer not null,
  replies integer not null,
  bot_messages integer not null,
  turns integer not null,
  previous_resolved_at timestamptz,
  reopened_at timestamptz,
  is_reopened boolean not null,
  is_first_contact_resolution boolean not null,
  is_bot_contained boolean not null,
  is_abandoned boolean not null,
  is_short_abandoned boolean not null,
  is_dropped boolean not null,
  rating integer,
  is_satisfied boolean,
  rated_at timestamptz,
  wrapup_category_id integer,
  wrapup_agent_id bigint,
  wrapped_up_at timestamptz
) with (fillfactor = 80);

create table stats.turns (
  dialog_id bigint not null,
  n integer not null,
  account_id bigint not null,
  inbox_id bigint not null,
  team_id bigint,
  agent_id bigint,
  waiting_since timestamptz not null,
  replied_at timestamptz,
  reply_ms bigint,
  reply_business_ms bigint,
  primary key (dialog_id, n)
);

create table stats.ownerships (
  dialog_id bigint not null,
  n integer not null,
  account_id bigint not null,
  inbox_id bigint not null,
  team_id bigint,
  agent_id bigint not null,
  previous_agent_id bigint,
  began_at timestamptz not null,
  ended_at timestamptz,
  first_reply_at timestamptz,
  handled tstzmultirange not null,
  handle_ms bigint not null,
  resolved_at timestamptz,
  primary key (dialog_id, n)
);

create table stats.message_counts (
  dialog_id bigint not null,
  slot timestamptz not null,
  metric api.metric not null,
  agent_id bigint not null,
  account_id bigint not null,
  inbox_id bigint not null,
  team_id bigint,
  n integer not null,
  primary key (dialog_id, slot, metric, agent_id)
);

create type stats.facts as (
  stale bigint[],
  dialogs stats.dialogs[],
  turns stats.turns[],
  ownerships stats.ownerships[],
  message_counts stats.message_counts[]
);
comment on type stats.facts is
  'What is true of some dialogs now: the ids that were asked for, and the facts of those of them that there are.';

-- Sums: per account as a whole (dim_id 0), per agent, team and inbox (0: none).

create table stats.slots (
  account_id bigint not null,
  dim api.dimension not null,
  slot timestamptz not null,
  dim_id bigint not null,
  metric api.metric not null,
  n bigint not null,
  total bigint not null,
  business bigint not null,
  primary key (account_id, dim, slot, dim_id, metric)
) with (fillfactor = 80);
create table stats.days (
  account_id bigint not null,
  dim api.dimension not null,
  day date not null,
  dim_id bigint not null,
  metric api.metric not null,
  n bigint not null,
  total bigint not null,
  business bigint not null,
  primary key (account_id, dim, day, dim_id, metric)
) with (fillfactor = 90);
create table stats.histograms (
  account_id bigint not null,
  dim api.dimension not null,
  metric api.metric not null,
  day date not null,
  dim_id bigint not null,
  bucket smallint not null,
  n bigint not null,
  primary key (account_id, dim, metric, day, dim_id, bucket)
) with (fillfactor = 90);

-- What is not summed yet, and what is to be summed anew.

create table stats.stale (
  id bigint generated always as identity primary key,
  account_id bigint not null,
  dialog_id bigint not null
);
create index on stats.stale (account_id, id);
create table stats.horizon (
  is_only boolean primary key default true check (is_only),
  id bigint not null default 1,
  next_id bigint not null default 0,
  next_xid xid8 not null default '0'
);
insert into stats.horizon default values;
create table stats.submitted (
  id bigint generated always as identity primary key,
  account_id bigint not null,
  chat_guid text,
  chat_number integer
);
create index on stats.submitted (account_id);
create table stats.rebuilds (
  id bigint generated always as identity primary key,
  account_id bigint not null references chat.accounts (id),
  since timestamptz not null default '-infinity',
  until timestamptz not null default 'infinity',
  reached timestamptz not null default '-infinity',
  requested_at timestamptz not null default broker.clock()
);
create table stats.verifications (
  id bigint generated always as identity primary key,
  verified_at timestamptz not null default broker.clock(),
  took interval not null,
  dialogs bigint not null,
  differences bigint not null,
  example jsonb
);

create type stats.difference as (kind text, account_id bigint, key jsonb, stored jsonb, computed jsonb);
comment on type stats.difference is 'Where something is stored that is not what the rows behind it say; null: nothing is.';

-- Which logins read which account.

create table stats.analysts (
  role_name name not null,
  account_id bigint not null references chat.accounts (id),
  primary key (role_name, account_id)
);
comment on table stats.analysts is
  'Which accounts a role, a login or a group of logins, may analyse by SQL. Rows are a decision of operators; see docs/operations.md.';

comment on table stats.dialogs is 'One row a dialog: what statistics count. What stats.stale names has changed since and is computed anew when read.';
comment on column stats.dialogs.team_id is 'The dialog''s team: the one that resolved it, or has it now.';
comment on column stats.dialogs.first_open_at is 'When it was first open to agents; null while the bot has it.';
comment on column stats.dialogs.first_assigned_at is 'When it first had an agent.';
comment on column stats.dialogs.first_customer_message_at is 'First message of the customer; null: the agent began, and no answer has come.';
comment on column stats.dialogs.first_reply_at is 'First public message that a person wrote, not the bot, a campaign or a rule.';
comment on column stats.dialogs.status_since is 'Time of the last change of status.';
comment on column stats.dialogs.waiting_since is 'First message of the customer that nobody has answered yet; null: none, or resolved.';
comment on column stats.dialogs.first_assignee_id is 'Who had it first; null: nobody yet.';
comment on column stats.dialogs.first_replier_id is 'Who wrote the first reply.';
comment on column stats.dialogs.assignee_id is 'Who has it, or resolved it.';
comment on column stats.dialogs.bot_ms is 'Time in pending, of finished intervals. Likewise open_ms and snoozed_ms.';
comment on column stats.dialogs.customer_waiting_ms is 'Sum of the times from the first unanswered message of the customer to the reply, or to the resolution; of finished turns.';
comment on column stats.dialogs.handle_ms is 'Sum of handle_ms of its ownerships.';
comment on column stats.dialogs.agents is 'How many agents have owned it.';
comment on column stats.dialogs.transfers is 'Changes from one agent to another.';
comment on column stats.dialogs.turns is 'How often the customer waited for a reply.';
comment on column stats.dialogs.previous_resolved_at is 'When the dialog before it in the conversation was resolved.';
comment on column stats.dialogs.reopened_at is 'When the next dialog of the conversation started.';
comment on column stats.dialogs.is_reopened is 'Resolved, and the next dialog started within settings.reopen_within.';
comment on column stats.dialogs.is_first_contact_resolution is 'Resolved by one agent without transfer, no dialog within reopen_within before or after it.';
comment on column stats.dialogs.is_bot_contained is 'Resolved with an answer of the bot and none of a person.';
comment on column stats.dialogs.is_abandoned is 'Open to agents, the customer wrote, resolved without a reply of a person.';
comment on column stats.dialogs.is_short_abandoned is 'Abandoned within settings.short_abandon after it was open.';
comment on column stats.dialogs.is_dropped is 'Resolved while the customer waited for a reply.';
comment on column stats.dialogs.rating is 'The last grade that was submitted for it.';
comment on column stats.dialogs.wrapup_agent_id is 'Who submitted the last wrap-up.';
comment on table stats.turns is 'One row a customer turn: from the first unanswered message of the customer to the next reply of a person.';
comment on column stats.turns.n is 'From 1 on, in order of time.';
comment on column stats.turns.agent_id is 'Who replied; null: nobody yet.';
comment on column stats.turns.replied_at is 'Null: unanswered.';
comment on column stats.turns.reply_ms is 'replied_at - waiting_since';
comment on table stats.ownerships is 'One row for every time that an agent owned a dialog.';
comment on column stats.ownerships.n is 'From 1 on, in order of time.';
comment on column stats.ownerships.previous_agent_id is 'From whom it was transferred; null: from nobody.';
comment on column stats.ownerships.ended_at is 'Transferred, unassigned or resolved; null: still owns it.';
comment on column stats.ownerships.first_reply_at is 'The first reply that this agent wrote meanwhile.';
comment on column stats.ownerships.handled is 'When the dialog was owned and open; the upper bound is missing while it lasts.';
comment on column stats.ownerships.handle_ms is 'Length of the finished intervals of handled.';
comment on column stats.ownerships.resolved_at is 'The dialog''s.';
comment on table stats.message_counts is 'Messages and mentions of a dialog per quarter of an hour, metric and agent (0: none).';
comment on column stats.message_counts.slot is 'Start of the quarter of an hour.';
comment on table stats.slots is 'Sums per quarter of an hour (UTC). dim_id 0: the whole account, or no agent, no team.';
comment on column stats.slots.slot is 'Start of the quarter of an hour.';
comment on column stats.slots.total is 'Sum of milliseconds, or of what the metric counts.';
comment on column stats.slots.business is 'Sum of the milliseconds within business hours.';
comment on table stats.days is 'Sums per day of the account''s time zone, of days before settings.days_until.';
comment on table stats.histograms is 'How many times fell into which bucket, per day as stats.days. Bucket b holds from 1.1^b up to 1.1^(b+1) ms; 0 also holds less.';
comment on table stats.stale is 'Dialogs that changed and are not summed yet; appended by the transactions that change them. A dialog may have many rows.';
comment on table stats.horizon is
  'Where looks into stats.stale begin. Rows that were deleted stay in it as long as somebody holds a snapshot: who stepped over them '
  'would become slower by the minute. One row.';
comment on column stats.horizon.id is 'Rows of stats.stale with a lower id are gone, and none will come.';
comment on column stats.horizon.next_id is 'What id will be set to, and one more, when rows up to this one are gone.';
comment on column stats.horizon.next_xid is
  'Transactions from this one on have drawn higher ids than next_id: once all before it have ended, no row up to next_id can come.';
comment on table stats.submitted is
  'Chats that ratings, wrap-ups or numbers were submitted for and that are not summed yet. Which dialogs they are is asked when they '
  'are read or summed: the transaction that stores the chat may end later.';
comment on column stats.submitted.chat_guid is 'Null: named by its number.';
comment on column stats.submitted.chat_number is 'Null: named by its guid.';
comment on table stats.rebuilds is 'Dialogs in this range are to be computed anew, since settings or calendars have changed.';
comment on column stats.rebuilds.reached is 'Dialogs that started before have been computed.';
comment on table stats.verifications is 'What the nightly comparison of facts and sums with the rows behind them found.';
comment on column stats.verifications.differences is 'Must be 0.';
comment on column stats.verifications.example is 'One difference, as stats.verify() returns it.';

-- Which numbers a chat has: a dialog looks for what was submitted about it.
create index on chat.chat_numbers (account_id, chat_guid);

-- A report reads a range of moments of one account.
create index on stats.dialogs (account_id, started_at);
create index on stats.dialogs (account_id, first_open_at) where first_open_at is not null;
create index on stats.dialogs (account_id, first_assigned_at) where first_assigned_at is not null;
create index on stats.dialogs (account_id, first_reply_at) where first_reply_at is not null;
create index on stats.dialogs (account_id, resolved_at) where resolved_at is not null;
create index dialogs_unresolved on stats.dialogs (account_id) where resolved_at is null;
create index on stats.dialogs (account_id, rated_at) where rated_at is not null;
create index on stats.dialogs (account_id, wrapped_up_at) where wrapped_up_at is not null;
create index on stats.turns (account_id, replied_at) where replied_at is not null;
create index on stats.ownerships (account_id, began_at);
create index on stats.ownerships (account_id, resolved_at) where resolved_at is not null;
create index on stats.ownerships (account_id, first_reply_at) where first_reply_at is not null;
create index on stats.message_counts (account_id, slot);


-- Business hours: calendars with history, and the spans of time that they leave open (docs/business-hours.md). What agents did
-- meanwhile: their presence, and how many dialogs they had at once.

create table stats.calendars (
  id bigint generated always as identity primary key,
  account_id bigint not null references chat.accounts (id),
  inbox_id bigint,
  valid_from date not null constraint valid_from_1970_to_2199 check (valid_from between '1970-01-01' and '2199-12-31'),
  time_zone text not null,
  foreign key (account_id, inbox_id) references chat.inboxes (account_id, id),
  unique nulls not distinct (account_id, inbox_id, valid_from)
);
comment on table stats.calendars is
  'When an account, or one of its inboxes, works. A later calendar follows an earlier one; no calendar: always open.';
comment on column stats.calendars.inbox_id is 'Null: every inbox that has no calendar of its own that day.';
comment on column stats.calendars.valid_from is 'The first local day on which it counts; it does until the day before the next one.';
comment on column stats.calendars.time_zone is 'IANA name of the zone that days and hours are meant in.';

create table stats.calendar_hours (
  calendar_id bigint not null references stats.calendars (id) on delete cascade,
  isodow smallint not null constraint isodow_1_to_7 check (isodow between 1 and 7),
  opens time not null constraint opens_before_24_00 check (opens < '24:00'),
  closes time not null,
  constraint full_minutes check (extract(second from opens) = 0 and extract(second from closes) = 0),
  -- In minutes of the weeks of all calendars one after another; what lasts beyond Sunday goes on at the Monday of the same week.
  constraint hours_do_not_overlap exclude using gist ((
    int8multirange(
      int8range(
        calendar_id * 10080 + (isodow - 1) * 1440 + extract(epoch from opens)::integer / 60,
        calendar_id * 10080 + least(
          (isodow - case when closes <= opens then 0 else 1 end) * 1440 + extract(epoch from closes)::integer / 60, 10080
        )
      ),
      int8range(
        calendar_id * 10080,
        calendar_id * 10080 + greatest(
          (isodow - case when closes <= opens then 0 else 1 end) * 1440 + extract(epoch from closes)::integer / 60 - 10080, 0
        )
      )
    )
  ) with &&),
  primary key (calendar_id, isodow, opens)
);
comment on table stats.calendar_hours is 'The open hours of a calendar''s week; a day without a row is closed.';
comment on column stats.calendar_hours.isodow is 'The day on which they begin: 1 Monday to 7 Sunday.';
comment on column stats.calendar_hours.closes is 'Not after opens: on the next day. 24:00: at midnight.';

create table stats.calendar_holidays (
  account_id bigint not null references chat.accounts (id),
  inbox_id bigint,
  day date not null constraint day_1970_to_2199 check (day between '1970-01-01' and '2199-12-31'),
  name text not null constraint name_1_to_200_characters check (length(name) between 1 and 200),
  opens time constraint opens_before_24_00 check (opens < '24:00'),
  closes time,
  constraint both_times_or_none check ((opens is null) = (closes is null)),
  constraint full_minutes check (extract(second from opens) = 0 and extract(second from closes) = 0),
  foreign key (account_id, inbox_id) references chat.inboxes (account_id, id),
  unique nulls not distinct (account_id, inbox_id, day)
);
comment on table stats.calendar_holidays is 'Days whose hours are not those of the week. They outlast calendars.';
comment on column stats.calendar_holidays.inbox_id is 'Whose calendars they belong to: those of this inbox; null: those of the account.';
comment on column stats.calendar_holidays.opens is 'Open nevertheless, from then on; null: closed all day.';
comment on column stats.calendar_holidays.closes is 'As in stats.calendar_hours.';

create table stats.open_spans (
  account_id bigint not null,
  inbox_id bigint not null,
  opens timestamptz not null,
  closes timestamptz not null constraint closes_after_it_opens check (closes > opens),
  open_time interval not null,
  primary key (account_id, inbox_id, opens)
);
comment on table stats.open_spans is
  'What calendars come to: every span of time that is open, as far as 3 years ahead. Kept by triggers, read by stats.business_ms().';
comment on column stats.open_spans.inbox_id is '0: inboxes that have no calendar of their own.';
comment on column stats.open_spans.opens is '-infinity: the time before the first calendar.';
comment on column stats.open_spans.open_time is 'Open time from the first calendar until this span closes.';

-- Ownerships that overlap a window: most last for hours, so they began in it or the day before. Those that last longer are
-- looked for among those of about their length (sql/stats/_handled.sql).
create index ownerships_of_days on stats.ownerships (account_id, began_at)
  where ended_at - began_at > interval '24 hours' and ended_at - began_at <= interval '240 hours';
create index ownerships_of_months on stats.ownerships (account_id, began_at)
  where ended_at - began_at > interval '240 hours' and ended_at - began_at <= interval '2400 hours';
create index ownerships_of_years on stats.ownerships (account_id, began_at)
  where ended_at - began_at > interval '2400 hours';
create index ownerships_that_last on stats.ownerships (account_id, began_at) where ended_at is null;

create type api.presence_row as (
  agent_id bigint,
  agent_name text,
  status integer,
  is_available boolean,
  began_at timestamptz,
  ended_at timestamptz
);
comment on type api.presence_row is 'How an agent was present from one change to the next.';
comment on column api.presence_row.agent_id is '@notNull';
comment on column api.presence_row.agent_name is '@notNull';
comment on column api.presence_row.status is E'@notNull\nCode of the chat server.';
comment on column api.presence_row.is_available is E'@notNull\nWhether the account''s settings count this status as available.';
comment on column api.presence_row.began_at is E'@notNull\nAlso if that was before the window.';
comment on column api.presence_row.ended_at is 'Also if that was after the window; null: lasts.';

create type api.concurrency_row as (
  agent_id bigint,
  agent_name text,
  dialogs bigint,
  handled_s double precision,
  busy_s double precision,
  concurrency double precision,
  peak bigint,
  peak_at timestamptz,
  available_s double precision,
  occupancy double precision
);
comment on type api.concurrency_row is 'How many dialogs an agent handled at once: had them while they were open.';
comment on column api.concurrency_row.agent_id is '@notNull';
comment on column api.concurrency_row.agent_name is '@notNull';
comment on column api.concurrency_row.dialogs is E'@notNull\nDialogs that the agent handled in the window.';
comment on column api.concurrency_row.handled_s is E'@notNull\nSeconds of handling, each dialog''s added up.';
comment on column api.concurrency_row.busy_s is E'@notNull\nSeconds in which the agent handled at least one dialog.';
comment on column api.concurrency_row.concurrency is 'Dialogs at once while busy, on average: handled_s / busy_s.';
comment on column api.concurrency_row.peak is E'@notNull\nThe most dialogs at once.';
comment on column api.concurrency_row.peak_at is 'When the peak was first reached.';
comment on column api.concurrency_row.available_s is 'Seconds in which the agent was available; null: the agent''s presence is not known.';
comment on column api.concurrency_row.occupancy is 'The share of the available time in which the agent handled at least one dialog.';

-- GraphQL: what a login of the web may become, and what it then reads and does.

-- A login that is a member of parley_web may become an analyst or a producer, by `set role`, and has nothing by itself: what
-- parley_web is granted is not inherited. (The grant takes that from the role from PostgreSQL 16 on, before it is looked up there.)
do $$
begin
  if (select rolinherit from pg_roles where rolname = 'parley_web')
    or not (pg_has_role('parley_web', 'parley_analyst', 'member') and pg_has_role('parley_web', 'parley_producer', 'member'))
  then
    alter role parley_web noinherit;
    grant parley_analyst, parley_producer to parley_web;
  end if;
exception
  -- Roles belong to the whole server: another database may be doing the same this moment ("tuple concurrently updated").
  when internal_error or unique_violation then null;
end $$;

--! Included chat/grants.sql
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
  chat.store_other_event(bigint, timestamptz, text, jsonb)
to parley_worker;

grant select on all tables in schema chat to parley_operator;

-- Analysts read schema api. It shows them names, and policies (sql/api/policies.sql) those of their account only.
revoke select on all tables in schema chat from parley_analyst;
grant select (id, name, created_at) on chat.accounts to parley_analyst;
grant select (account_id, id, name, created_at, deleted_at) on chat.users, chat.teams to parley_analyst;
grant select (account_id, id, name, channel_type, identifier, created_at, deleted_at) on chat.inboxes to parley_analyst;
--! EndIncluded chat/grants.sql
--! Included stats/index.sql
-- Statistics. What clients write only notes which dialogs it concerns (stale). The facts of a dialog are computed from its rows,
-- whole, never added to: what comes late, is corrected or deleted takes the same way as everything else. The sums hold what the
-- stored facts say; what stale dialogs change in them is pending: readers add it, a worker applies it for good.

-- Words
--! Included stats/current_account.sql
-- Whoever has SQL can set parley.account_id. So the setting chooses among the accounts of the role that reads; only behind
-- GraphQL, whose logins are members of parley_web and whose tokens are checked, it is believed.
-- In plpgsql, which looks at roles without a query: every request asks several times.
create or replace function stats.current_account() returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chosen constant bigint := nullif(current_setting('parley.account_id', true), '');
begin
  if pg_has_role(session_user, 'parley_web', 'member') then
    return v_chosen;
  end if;
  return (
    select min(a.account_id) from stats.analysts a
    where (a.account_id = v_chosen or v_chosen is null)
      and exists (select from pg_roles r where r.rolname = a.role_name and pg_has_role(session_user, r.oid, 'member'))
  );
end $$;

comment on function stats.current_account() is
  'The account that this session reads; null: none. Behind GraphQL that of the token; for a login with SQL the one in stats.analysts, '
  'or, if it has several, the one that `set parley.account_id` chooses among them, else the first.';
--! EndIncluded stats/current_account.sql
--! Included stats/check_window.sql
create or replace function stats.check_window(since timestamptz, until timestamptz) returns void
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if (since < until) is not true then
    raise exception using
      errcode = 'PA052',
      message = format('nothing is from %s until %s', coalesce(since::text, 'null'), coalesce(until::text, 'null')),
      hint = 'Give both, since before until.';
  end if;
  -- No time that a report adds to theirs is out of range.
  if since < '1900-01-01 00:00+00' or until > '10000-01-01 00:00+00' then
    raise exception using
      errcode = 'PA053',
      message = format('the time from %s until %s is not between the years 1900 and 10000', since, until),
      hint = 'Ask for a time in which something may have happened.';
  end if;
  if until > since + interval '20 years' then
    raise exception using
      errcode = 'PA053',
      message = format('the time from %s until %s is longer than 20 years', since, until),
      hint = 'Ask for less at a time.';
  end if;
  if date_bin('15 minutes', since, 'epoch') <> since or date_bin('15 minutes', until, 'epoch') <> until then
    raise exception using
      errcode = 'PA051',
      message = format('the time from %s until %s does not begin and end on a full quarter of an hour', since, until),
      hint = 'Statistics are summed per quarter of an hour: give :00, :15, :30 or :45.';
  end if;
end $$;

comment on function stats.check_window(timestamptz, timestamptz) is
  'Refuses windows that are empty or missing a bound (PA052), longer than 20 years or absurd (PA053), or not on full quarters of an hour (PA051).';
--! EndIncluded stats/check_window.sql
--! Included stats/_name_distance.sql
create or replace function stats._name_distance(a text, b text) returns double precision
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select 1 - count(*) filter (where pairs.of_a and pairs.of_b)::double precision / nullif(count(*), 0)
  from (
    select bool_or(parts.is_a) as of_a, bool_or(not parts.is_a) as of_b
    from (values (true, lower(a)), (false, lower(b))) parts (is_a, name), generate_series(1, length(parts.name) - 1) i
    group by substr(parts.name, i, 2)
  ) pairs
$$;

comment on function stats._name_distance(text, text) is
  'From 0 to 1: the share of pairs of neighbouring letters that the names do not have in common. Null: too short to tell.';
--! EndIncluded stats/_name_distance.sql
--! Included stats/check_zone.sql
create or replace function stats.check_zone(time_zone text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_near text;
begin
  -- Asking for the offset is quick but also takes POSIX rules, in which a digit is; the view of all zones takes 20 ms.
  if time_zone = 'UTC' then
    return;
  elsif time_zone ~ '^[A-Za-z_-]+(/[A-Za-z_-]+)+$' then
    begin
      perform timezone(time_zone, now());
      return;
    exception when invalid_parameter_value then null;
    end;
  elsif exists (select from pg_timezone_names z where z.name = time_zone) then
    return;
  end if;

  select string_agg(near.name, ', ' order by near.distance, near.name) into v_near
  from (
    select z.name, stats._name_distance(z.name, time_zone) as distance
    from pg_timezone_names z
    -- No name is half as long, and comparing takes time with each letter.
    where z.name !~ '^(posix|right)/' and length(time_zone) <= 64
    order by distance, z.name
    limit 3
  ) near
  where near.distance < 0.6;
  raise exception using
    errcode = 'PA050',
    message = format('there is no time zone %s', coalesce(quote_literal(left(time_zone, 64)), 'null')),
    hint = coalesce(
      'Did you mean ' || v_near || '?',
      'Give a name of the IANA time zone database, such as Europe/Berlin: select name from pg_timezone_names.'
    );
end $$;

comment on function stats.check_zone(text) is
  'Refuses what is no name of a time zone (PA050), abbreviations and POSIX rules among it: they know no history. The hint names similar zones.';
--! EndIncluded stats/check_zone.sql
--! Included stats/_ms.sql
-- No set search_path, so that it is inlined.
create or replace function stats._ms(elapsed interval) returns bigint
language sql immutable parallel safe
return extract(epoch from elapsed) * 1000;

comment on function stats._ms(interval) is 'A time in whole milliseconds, rounded: what statistics sum.';
--! EndIncluded stats/_ms.sql
--! Included stats/_slot.sql
-- No set search_path, so that it is inlined.
create or replace function stats._slot(at timestamptz) returns timestamptz
language sql immutable parallel safe
return date_bin('15 minutes', at, '2000-01-01 00:00+00');

comment on function stats._slot(timestamptz) is 'The quarter of an hour that a moment lies in.';
--! EndIncluded stats/_slot.sql
--! Included stats/_day.sql
-- No set search_path, so that it is inlined. Where clocks are put back shortly after midnight, the date runs back with them;
-- a day here is what lies between its midnight and the next one, in one piece.
create or replace function stats._day(slot timestamptz, time_zone text) returns date
language sql stable parallel safe
return (slot at time zone time_zone)::date
  - (slot < (slot at time zone time_zone)::date::timestamp at time zone time_zone)::integer;

comment on function stats._day(timestamptz, text) is 'The day that a quarter of an hour belongs to in a time zone.';
--! EndIncluded stats/_day.sql
--! Included stats/_first_slot.sql
-- No set search_path, so that it is inlined. Rounded up: zones of long ago have odd offsets.
create or replace function stats._first_slot(day date, time_zone text) returns timestamptz
language sql stable parallel safe
return stats._slot(day::timestamp at time zone time_zone + interval '14 minutes 59.999999 seconds');

comment on function stats._first_slot(date, text) is 'The first quarter of an hour of a day in a time zone: see stats._day.';
--! EndIncluded stats/_first_slot.sql
--! Included stats/sum.sql
create or replace aggregate stats.sum(bigint) (sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe);

comment on aggregate stats.sum(bigint) is
  'As sum(), but a bigint: sum() adds bigints up as numeric, which makes reports of many rows and columns take twice as long.';
--! EndIncluded stats/sum.sql
--! Included stats/_bucket.sql
-- No set search_path, so that it is inlined.
create or replace function stats._bucket(ms bigint) returns smallint
language sql immutable parallel safe
return floor(ln(greatest(ms, 1)::double precision) / ln(1.1::double precision))::smallint;

comment on function stats._bucket(bigint) is 'The bucket of stats.histograms that a time falls into.';
--! EndIncluded stats/_bucket.sql
--! Included stats/_has_times.sql
-- No set search_path, so that it is inlined.
create or replace function stats._has_times(metric api.metric) returns boolean
language sql immutable parallel safe
return metric in ('handed_off', 'queue_wait', 'first_response', 'first_response_human', 'first_response_agent', 'reply_time',
  'resolution', 'active_resolution', 'bot_time', 'snoozed_time', 'assigned_to_resolved', 'customer_waiting',
  'handle_time', 'dialogs_handled');

comment on function stats._has_times(api.metric) is
  'Whether each measurement of the metric is one time in milliseconds, so that it has percentiles, and a histogram.';
--! EndIncluded stats/_has_times.sql
--! Included stats/_dimensions.sql
-- No set search_path, so that it is inlined. No `values`: its expressions would be prepared anew for each row.
create or replace function stats._dimensions(agent_id bigint, team_id bigint, inbox_id bigint)
returns table (dim api.dimension, dim_id bigint)
language sql immutable parallel safe
as $$
  select 'account'::api.dimension, 0::bigint
  union all select 'agent', agent_id
  union all select 'team', team_id
  union all select 'inbox', inbox_id
$$;

comment on function stats._dimensions(bigint, bigint, bigint) is 'The sums that a measurement counts in.';
--! EndIncluded stats/_dimensions.sql
--! Included stats/_settings.sql
create or replace function stats._settings(account_id bigint) returns stats.settings
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.* from stats.settings s where s.account_id = _settings.account_id
  union all
  select _settings.account_id, 'UTC', '7 days', '10 seconds', 4, '{1}', null
  limit 1
$$;

comment on function stats._settings(bigint) is 'How an account counts: its row in stats.settings, or the defaults.';
--! EndIncluded stats/_settings.sql

-- Business hours
--! Included stats/refuse_unknown_zone.sql
create or replace function stats.refuse_unknown_zone() returns trigger
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats.check_zone(new.time_zone);
  return new;
end $$;

comment on function stats.refuse_unknown_zone() is 'Raises PA050.';
--! EndIncluded stats/refuse_unknown_zone.sql
--! Included stats/_open_time.sql
create or replace function stats._open_time(account_id bigint, inbox_id bigint, horizon date) returns tstzmultirange
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
  with calendars as (
    select c.*, lead(c.valid_from, 1, horizon) over (order by c.valid_from) as valid_until
    from stats.calendars c
    where c.account_id = _open_time.account_id
      and (
        c.inbox_id = _open_time.inbox_id
        -- Before the inbox's first own one those of the account hold.
        or c.inbox_id is null and (
          _open_time.inbox_id = 0
          or c.valid_from < (
            select min(own.valid_from) from stats.calendars own
            where own.account_id = _open_time.account_id and own.inbox_id = _open_time.inbox_id
          )
        )
      )
  ),
  -- A series of dates would be one of timestamptz, and shift with the clock of the session.
  days as (
    select c.*, d.day::date as day
    from calendars c, generate_series(c.valid_from::timestamp, c.valid_until - interval '1 day', interval '1 day') d (day)
  ),
  shifts as (
    select d.day, d.time_zone, w.opens, w.closes
    from days d
    join stats.calendar_hours w on w.calendar_id = d.id and w.isodow = extract(isodow from d.day)
    where not exists (
      select from stats.calendar_holidays h
      where h.account_id = d.account_id and h.inbox_id is not distinct from d.inbox_id and h.day = d.day
    )
    union all
    select d.day, d.time_zone, h.opens, h.closes
    from days d
    join stats.calendar_holidays h
      on h.account_id = d.account_id and h.inbox_id is not distinct from d.inbox_id and h.day = d.day and h.opens is not null
  ),
  spans (opens, closes) as (
    select '-infinity', min(c.valid_from::timestamp at time zone c.time_zone) from calendars c
    union all
    select (s.day + s.opens) at time zone s.time_zone,
      (s.day + s.closes + case when s.closes <= s.opens then interval '1 day' else interval '0' end) at time zone s.time_zone
    from shifts s
  )
  -- Hours that the clock skips may end before they begin.
  select range_agg(tstzrange(s.opens, s.closes)) from spans s where s.opens < s.closes
$$;

comment on function stats._open_time(bigint, bigint, date) is
  'What the calendars of an inbox (0: of the account) leave open on days before the horizon, and the time before the first '
  'calendar. Null: it has none.';
--! EndIncluded stats/_open_time.sql
--! Included stats/_open_spans.sql
create or replace function stats._open_spans(account_id bigint, inbox_id bigint) returns tstzmultirange
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select range_agg(tstzrange(s.opens, s.closes)) from stats.open_spans s
  where s.account_id = _open_spans.account_id and s.inbox_id = _open_spans.inbox_id
$$;

comment on function stats._open_spans(bigint, bigint) is 'stats.open_spans of the calendars of an inbox (0: of the account). Null: it has none.';
--! EndIncluded stats/_open_spans.sql
--! Included stats/_effective_spans.sql
create or replace function stats._effective_spans(account_id bigint, inbox_id bigint) returns tstzmultirange
language sql stable
set search_path = pg_catalog, pg_temp
return coalesce(
  stats._open_spans(account_id, inbox_id),
  stats._open_spans(account_id, 0),
  '{[-infinity,infinity)}'
);

comment on function stats._effective_spans(bigint, bigint) is
  'When an inbox (0: one without calendars of its own) is open, by the same rule as stats.business_ms().';
--! EndIncluded stats/_effective_spans.sql
--! Included stats/_follow_calendars.sql
create or replace function stats._follow_calendars(account_id bigint, inbox_ids bigint[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_horizon date := broker.now() + interval '3 years';
  v_inbox_id bigint;
  v_open tstzmultirange;
  v_stored tstzmultirange;
  v_differs_from timestamptz;
  v_before tstzmultirange;
  v_after tstzmultirange;
  v_changed tstzmultirange := '{}';
begin
  -- Changes of an account's calendars wait for each other.
  perform from chat.accounts a where a.id = account_id for no key update;

  for v_inbox_id in
    select unnest(inbox_ids)
    union
    -- Calendars of the account hold in its inboxes until the day of their own first one.
    select c.inbox_id from stats.calendars c
    where c.account_id = _follow_calendars.account_id and c.inbox_id is not null and 0 = any (inbox_ids)
  loop
    v_open := coalesce(stats._open_time(account_id, v_inbox_id, v_horizon), '{}');
    v_stored := coalesce(stats._open_spans(account_id, v_inbox_id), '{}');
    v_differs_from := lower((v_open - v_stored) + (v_stored - v_open));
    continue when v_differs_from is null;

    v_before := stats._effective_spans(account_id, v_inbox_id);
    -- The spans before are the same, and so is the open time until then.
    delete from stats.open_spans s
    where s.account_id = _follow_calendars.account_id and s.inbox_id = v_inbox_id and s.closes >= v_differs_from;
    insert into stats.open_spans (account_id, inbox_id, opens, closes, open_time)
    select _follow_calendars.account_id, v_inbox_id, o.opens, o.closes, o.open_time
    from (
      select lower(u.span) as opens, upper(u.span) as closes,
        coalesce(
          sum(upper(u.span) - lower(u.span)) filter (where lower(u.span) > '-infinity') over (order by u.span), interval '0'
        ) as open_time
      from unnest(v_open) u (span)
    ) o
    where o.closes >= v_differs_from;
    v_after := stats._effective_spans(account_id, v_inbox_id);
    v_changed := v_changed + (v_before - v_after) + (v_after - v_before);
  end loop;

  if lower(v_changed) < broker.now() then
    insert into stats.rebuilds (account_id, since, until) values (account_id, lower(v_changed), upper(v_changed));
  end if;
end $$;

comment on function stats._follow_calendars(bigint, bigint[]) is
  'Brings stats.open_spans of these inboxes (0: those without calendars of their own) up to date, 3 years ahead, and has '
  'the time that opened or closed by it computed anew.';
--! EndIncluded stats/_follow_calendars.sql
--! Included stats/follow_calendars.sql
create or replace function stats.follow_calendars() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op <> 'DELETE' then
    perform stats._follow_calendars(r.account_id, array_agg(distinct coalesce(r.inbox_id, 0))) from new_rows r group by r.account_id;
  end if;
  if tg_op <> 'INSERT' then
    perform stats._follow_calendars(r.account_id, array_agg(distinct coalesce(r.inbox_id, 0))) from old_rows r group by r.account_id;
  end if;
  return null;
end $$;

comment on function stats.follow_calendars() is 'Keeps stats.open_spans when calendars or holidays change.';
--! EndIncluded stats/follow_calendars.sql
--! Included stats/follow_calendar_hours.sql
create or replace function stats.follow_calendar_hours() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_calendar_ids bigint[] := '{}';
begin
  if tg_op <> 'DELETE' then
    v_calendar_ids := v_calendar_ids || array(select r.calendar_id from new_rows r);
  end if;
  if tg_op <> 'INSERT' then
    v_calendar_ids := v_calendar_ids || array(select r.calendar_id from old_rows r);
  end if;
  perform stats._follow_calendars(c.account_id, array_agg(distinct coalesce(c.inbox_id, 0)))
  from stats.calendars c
  where c.id = any (v_calendar_ids)
  group by c.account_id;
  return null;
end $$;

comment on function stats.follow_calendar_hours() is
  'Keeps stats.open_spans when hours change. Those that go with their calendar are the calendar''s own trigger''s.';
--! EndIncluded stats/follow_calendar_hours.sql
--! Included stats/extend_calendars.sql
create or replace function stats.extend_calendars() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats._follow_calendars(ends.account_id, array_agg(coalesce(ends.inbox_id, 0)))
  from (
    select distinct on (c.account_id, c.inbox_id) c.id, c.account_id, c.inbox_id
    from stats.calendars c
    order by c.account_id, c.inbox_id, c.valid_from desc
  ) ends
  where (
      select s.closes from stats.open_spans s
      where s.account_id = ends.account_id and s.inbox_id = coalesce(ends.inbox_id, 0)
      order by s.opens desc
      limit 1
    ) < broker.now() + interval '2 years'
    -- What is closed for good needs no spans.
    and exists (select from stats.calendar_hours h where h.calendar_id = ends.id)
  group by ends.account_id;
end $$;

comment on function stats.extend_calendars() is 'Keeps stats.open_spans 2 to 3 years ahead; a worker calls it.';
--! EndIncluded stats/extend_calendars.sql
--! Included stats/business_ms.sql
create or replace function stats.business_ms(account_id bigint, inbox_id bigint, since timestamptz, until timestamptz) returns bigint
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
  v_inbox_id bigint := coalesce(inbox_id, 0);
  -- The spans that have opened last; open_time - greatest(closes - at, '0') is the open time until then.
  v_until stats.open_spans;
  v_since stats.open_spans;
begin
  if until <= since then
    return 0;
  end if;
  loop
    select * into v_until
    from stats.open_spans s
    where s.account_id = business_ms.account_id and s.inbox_id = v_inbox_id and s.opens <= until
    order by s.opens desc
    limit 1;
    exit when found or v_inbox_id = 0;
    v_inbox_id := 0;
  end loop;
  if v_until.opens is null then
    return stats._ms(until - since);
  elsif v_until.opens <= since then
    v_since := v_until;
  else
    select * into v_since
    from stats.open_spans s
    where s.account_id = business_ms.account_id and s.inbox_id = v_inbox_id and s.opens <= since
    order by s.opens desc
    limit 1;
  end if;
  return stats._ms(
    v_until.open_time - greatest(v_until.closes - until, interval '0')
    - v_since.open_time + greatest(v_since.closes - since, interval '0')
  );
end $$;

comment on function stats.business_ms(bigint, bigint, timestamptz, timestamptz) is
  'Milliseconds from since until until within the business hours of an inbox (null: one without calendars of its own). '
  'All of them if there is no calendar, or before the first one.';
--! EndIncluded stats/business_ms.sql
--! Included stats/_business_ms.sql
-- No set search_path, so that it is inlined: without calendars nothing is looked up for every time that is measured.
create or replace function stats._business_ms(has_calendars boolean, account_id bigint, inbox_id bigint, since timestamptz,
  until timestamptz) returns bigint
language sql stable parallel safe
return case
  when has_calendars then stats.business_ms(account_id, inbox_id, since, until)
  else stats._ms(until - since)
end;

comment on function stats._business_ms(boolean, bigint, bigint, timestamptz, timestamptz) is
  'As stats.business_ms(), for a caller that knows whether the account has calendars.';
--! EndIncluded stats/_business_ms.sql
--! Included stats/_week_hours.sql
create or replace function stats._week_hours(hours text) returns table (isodow smallint, opens time, closes time)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_days constant text[] := array['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];
  c_day constant text := '(?:Mo|Tu|We|Th|Fr|Sa|Su)';
  c_time constant text := '(?:[01]?\d|2[0-3]):[0-5]\d\s*-\s*(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)';
  v_rule text;
  v_match text[];
begin
  if hours ~* '^\s*24/7\s*$' then
    hours := 'Mo-Su 00:00-24:00';
  end if;
  foreach v_rule in array regexp_split_to_array(trim(hours), '\s*;\s*') loop
    continue when v_rule = '';
    v_match := regexp_match(
      v_rule, format('^(%1$s(?:-%1$s)?(?:\s*,\s*%1$s(?:-%1$s)?)*)\s+(%2$s(?:\s*,\s*%2$s)*)$', c_day, c_time), 'i'
    );
    if v_match is null then
      raise exception using
        errcode = 'PA054',
        message = format('business hours cannot be read: %s', quote_literal(v_rule)),
        hint = 'Write them like ''Mo-Fr 09:00-12:30, 13:30-18:00; Sa 10:00-14:00; Su 22:00-06:00'', or ''24/7''.';
    end if;
    return query
      select (1 + (d.first + i) % 7)::smallint, split_part(t.range, '-', 1)::time, split_part(t.range, '-', 2)::time
      from (
        select array_position(c_days, lower(left(part, 2))) - 1 as first, array_position(c_days, lower(right(part, 2))) - 1 as last
        from regexp_split_to_table(v_match[1], '\s*,\s*') part
      ) d
      cross join lateral generate_series(0, (d.last - d.first + 7) % 7) i
      cross join regexp_split_to_table(v_match[2], '\s*,\s*') t (range);
  end loop;
end $$;

comment on function stats._week_hours(text) is
  'Reads hours as OpenStreetMap writes them, such as Mo-Fr 09:00-18:00; Sa 10:00-14:00. PA054: cannot.';
--! EndIncluded stats/_week_hours.sql
--! Included stats/set_calendar.sql
create or replace function stats.set_calendar(
  account_id bigint, hours text, time_zone text, valid_from date default null, inbox_id bigint default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform stats.check_zone(time_zone);
  valid_from := coalesce(valid_from, broker.now() at time zone time_zone);
  delete from stats.calendars c
  where c.account_id = set_calendar.account_id
    and c.inbox_id is not distinct from set_calendar.inbox_id
    and c.valid_from = set_calendar.valid_from;
  -- One statement: what changes is found once.
  with calendar as (
    insert into stats.calendars (account_id, inbox_id, valid_from, time_zone)
    values (set_calendar.account_id, set_calendar.inbox_id, set_calendar.valid_from, set_calendar.time_zone)
    returning id
  ), week as (
    insert into stats.calendar_hours (calendar_id, isodow, opens, closes)
    select c.id, w.isodow, w.opens, w.closes from calendar c, stats._week_hours(hours) w
  )
  select c.id into v_id from calendar c;
  return v_id;
exception when exclusion_violation or unique_violation then
  raise exception using
    errcode = 'PA054',
    message = format('business hours overlap: %s', quote_literal(hours)),
    hint = 'Name each moment of the week once. Hours that close before they open last until the next day.';
end $$;

comment on function stats.set_calendar(bigint, text, text, date, bigint) is
  'Sets the hours that an account, or one of its inboxes, works from a day on (null: today), until a later calendar; returns the '
  'calendar''s id. hours: Mo-Fr 09:00-12:30, 13:30-18:00; Sa 10:00-14:00; or 24/7; or nothing: closed.';
--! EndIncluded stats/set_calendar.sql
--! Included stats/calendar_triggers.sql
-- Time zones are names that the server knows.
create or replace trigger _100_refuse_unknown_zone before insert or update of time_zone on stats.calendars
  for each row execute function stats.refuse_unknown_zone();
comment on trigger _100_refuse_unknown_zone on stats.calendars is 'The list of zones is no table that a foreign key could refer to.';
create or replace trigger _100_refuse_unknown_zone before insert or update of time_zone on stats.settings
  for each row execute function stats.refuse_unknown_zone();
comment on trigger _100_refuse_unknown_zone on stats.settings is 'The list of zones is no table that a foreign key could refer to.';

-- Changes of calendars, whole statements at a time.
create or replace trigger _200_follow_insert after insert on stats.calendars
  referencing new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_insert on stats.calendars is 'stats.open_spans';
create or replace trigger _200_follow_update after update on stats.calendars
  referencing old table as old_rows new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_update on stats.calendars is 'stats.open_spans';
create or replace trigger _200_follow_delete after delete on stats.calendars
  referencing old table as old_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_delete on stats.calendars is 'stats.open_spans';
create or replace trigger _200_follow_insert after insert on stats.calendar_holidays
  referencing new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_insert on stats.calendar_holidays is 'stats.open_spans';
create or replace trigger _200_follow_update after update on stats.calendar_holidays
  referencing old table as old_rows new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_update on stats.calendar_holidays is 'stats.open_spans';
create or replace trigger _200_follow_delete after delete on stats.calendar_holidays
  referencing old table as old_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_delete on stats.calendar_holidays is 'stats.open_spans';
create or replace trigger _200_follow_insert after insert on stats.calendar_hours
  referencing new table as new_rows
  for each statement execute function stats.follow_calendar_hours();
comment on trigger _200_follow_insert on stats.calendar_hours is 'stats.open_spans';
create or replace trigger _200_follow_update after update on stats.calendar_hours
  referencing old table as old_rows new table as new_rows
  for each statement execute function stats.follow_calendar_hours();
comment on trigger _200_follow_update on stats.calendar_hours is 'stats.open_spans';
create or replace trigger _200_follow_delete after delete on stats.calendar_hours
  referencing old table as old_rows
  for each statement execute function stats.follow_calendar_hours();
comment on trigger _200_follow_delete on stats.calendar_hours is 'stats.open_spans';
--! EndIncluded stats/calendar_triggers.sql

-- What has changed
--! Included stats/mark_rows.sql
create or replace function stats.mark_rows() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select distinct c.account_id, c.dialog_id from changed c where c.dialog_id is not null;
  return null;
end $$;

comment on function stats.mark_rows() is 'Notes whose dialogs rows were inserted or deleted, once a statement and dialog.';
--! EndIncluded stats/mark_rows.sql
--! Included stats/mark_happened.sql
create or replace function stats.mark_happened() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select distinct c.account_id, c.dialog_id from changed c
  where c.dialog_id is not null and c.name in ('conversation_pending', 'conversation_open', 'conversation_snoozed',
    'conversation_resolved', 'conversation_assigned');
  return null;
end $$;

comment on function stats.mark_happened() is 'Notes in whose dialogs something happened that statistics count, once a statement and dialog.';
--! EndIncluded stats/mark_happened.sql
--! Included stats/mark_row.sql
create or replace function stats.mark_row() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select distinct c.account_id, c.dialog_id
  from (values (old.account_id, old.dialog_id), (new.account_id, new.dialog_id)) c (account_id, dialog_id)
  where c.dialog_id is not null;
  return null;
end $$;

comment on function stats.mark_row() is 'Notes whose a row was and is, if something changed that statistics count.';
--! EndIncluded stats/mark_row.sql
--! Included stats/mark_dialog.sql
create or replace function stats.mark_dialog() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id) values (old.account_id, old.id);
  return null;
end $$;

comment on function stats.mark_dialog() is 'Notes a dialog whose own row changed in a way that no event tells, or is gone.';
--! EndIncluded stats/mark_dialog.sql
--! Included stats/mark_submitted.sql
-- The chat itself is not looked for: the transaction that stores it, or says which number it has, may not have ended yet.
create or replace function stats.mark_submitted() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.submitted (account_id, chat_guid, chat_number)
  select distinct (c.changed ->> 'account_id')::bigint, c.changed ->> 'chat_guid', (c.changed ->> 'chat_number')::integer
  from (values (to_jsonb(old)), (to_jsonb(new))) c (changed)
  where c.changed is not null;
  return null;
end $$;

comment on function stats.mark_submitted() is 'Notes about which chat a rating, a wrap-up or a number was and is.';
--! EndIncluded stats/mark_submitted.sql
--! Included stats/mark_puts.sql
create or replace function stats.mark_puts() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select d.account_id, d.id
  from (
    select case when r.chat_guid is null then r.chat_number when r.chat_guid ~ '^\d{1,18}$' then r.chat_guid::bigint end
    from chat.ratings r where r.account_id = new.id
    union
    select w.chat_number from chat.wrapups w where w.account_id = new.id
  ) s (dialog_id)
  join chat.dialogs d on d.account_id = new.id and d.id = s.dialog_id;
  return null;
end $$;

comment on function stats.mark_puts() is
  'Notes dialogs that have been rated or wrapped up by number when their account begins, or ceases, to put events: chat.chat_ratings '
  'takes the number for the dialog''s then.';
--! EndIncluded stats/mark_puts.sql
--! Included stats/mark_all.sql
create or replace function stats.mark_all() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_table_name = 'dialogs' then
    truncate stats.dialogs, stats.turns, stats.ownerships, stats.message_counts, stats.slots, stats.days, stats.histograms, stats.stale;
  else
    insert into stats.stale (account_id, dialog_id) select d.account_id, d.dialog_id from stats.dialogs d;
  end if;
  return null;
end $$;

comment on function stats.mark_all() is 'After TRUNCATE: without dialogs there is nothing to count; without what is in them all are counted anew.';
--! EndIncluded stats/mark_all.sql

-- Facts, and what they measure
--! Included stats/_chat_numbers_of.sql
create or replace function stats._chat_numbers_of(account_id bigint, chat_guid text, dialog_id bigint) returns setof integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select n.chat_number from chat.chat_numbers n
  where n.account_id = _chat_numbers_of.account_id and n.chat_guid = _chat_numbers_of.chat_guid
  union
  -- Longer ones, or from 2,000,000,000 on, may be no numbers of 32 bits.
  select case when v.name ~ '^\d{1,9}$|^1\d{9}$' then v.name::integer end
  from (values (_chat_numbers_of.chat_guid), (_chat_numbers_of.dialog_id::text)) v (name)
$$;

comment on function stats._chat_numbers_of(bigint, text, bigint) is 'The numbers under which a chat, or a dialog that puts events, is known.';
--! EndIncluded stats/_chat_numbers_of.sql
--! Included stats/_ratings_of.sql
-- An overflow would be an error: numbers have 32 bits, ids of dialogs 64.
create or replace function stats._ratings_of(account_id bigint, chat_guid text, dialog_id bigint) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select r.id from chat.ratings r
  where r.account_id = _ratings_of.account_id and r.chat_guid in (_ratings_of.chat_guid, _ratings_of.dialog_id::text)
  union
  select r.id from stats._chat_numbers_of(_ratings_of.account_id, _ratings_of.chat_guid, _ratings_of.dialog_id) n
  join chat.ratings r on r.account_id = _ratings_of.account_id and r.chat_number = n
$$;

comment on function stats._ratings_of(bigint, text, bigint) is
  'Ratings that may be about a chat that came as an event, or about a dialog that puts them; which they are, chat.chat_ratings says.';
--! EndIncluded stats/_ratings_of.sql
--! Included stats/_rating_of.sql
-- A function of its own, with nested loops: stats.compute() forbids them, and would read all dialogs for every rating.
create or replace function stats._rating_of(account_id bigint, dialog_id bigint, chat_guid text, as_number bigint)
returns table (rating integer, rated_at timestamptz)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = on
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
begin
  return query
    select v.rating_grade, v.put_at
    from stats._ratings_of(_rating_of.account_id, _rating_of.chat_guid, _rating_of.as_number) c (rating_id)
    cross join lateral (
      select f.* from chat.chat_ratings f where f.id = c.rating_id and f.dialog_id = _rating_of.dialog_id offset 0
    ) v
    order by v.put_at desc, v.event_id desc
    limit 1;
end $$;

comment on function stats._rating_of(bigint, bigint, text, bigint) is
  'The last rating of a dialog: of those that could be about it, if chat.chat_ratings says that they are.';
--! EndIncluded stats/_rating_of.sql
--! Included stats/_wrapups_of.sql
create or replace function stats._wrapups_of(account_id bigint, chat_guid text, dialog_id bigint) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select w.id from stats._chat_numbers_of(_wrapups_of.account_id, _wrapups_of.chat_guid, _wrapups_of.dialog_id) n
  join chat.wrapups w on w.account_id = _wrapups_of.account_id and w.chat_number = n
$$;

comment on function stats._wrapups_of(bigint, text, bigint) is
  'Wrap-ups that may be about a chat that came as an event, or about a dialog that puts them; which they are, chat.chat_wrapups says.';
--! EndIncluded stats/_wrapups_of.sql
--! Included stats/_wrapup_of.sql
-- A function of its own for the reason of stats._rating_of().
create or replace function stats._wrapup_of(account_id bigint, dialog_id bigint, chat_guid text, as_number bigint)
returns table (category_id integer, agent_id bigint, wrapped_up_at timestamptz)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = on
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
begin
  return query
    select v.category_id, v.agent_id, v.submitted_at
    from stats._wrapups_of(_wrapup_of.account_id, _wrapup_of.chat_guid, _wrapup_of.as_number) c (wrapup_id)
    cross join lateral (
      select f.* from chat.chat_wrapups f where f.id = c.wrapup_id and f.dialog_id = _wrapup_of.dialog_id offset 0
    ) v
    order by v.put_at desc, v.event_id desc
    limit 1;
end $$;

comment on function stats._wrapup_of(bigint, bigint, text, bigint) is
  'The last wrap-up of a dialog: of those that could be about it, if chat.chat_wrapups says that they are.';
--! EndIncluded stats/_wrapup_of.sql
--! Included stats/compute.sql
-- Set-based: whatever the number of dialogs, each table is read once, a dialog's rows by a look-up. Joins of what was read
-- are hashed, never nested: planned without knowing how many dialogs are asked for, a nested loop may be quadratic.
-- A dialog lasts from its start to its resolution. What is said after that counts as messages, but changes nothing else;
-- what happened before it is told by the event that starts it. In UTC, since '7 days' depends on the session's zone.
create or replace function stats.compute(dialog_ids bigint[]) returns stats.facts
language plpgsql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = off
set enable_memoize = off
set jit = off
as $$
declare
  v_facts stats.facts;
begin
  with dialog as materialized (
    select d.id, d.account_id, d.conversation_id, d.inbox_id, d.contact_id, d.team_id, d.status, d.assignee_id,
      d.created_at as started_at, resolution.at as resolved_at, coalesce(resolution.at, 'infinity') as ends_at,
      previous.resolved_at as previous_resolved_at, next.started_at as reopened_at,
      chat.chat_guid, submitted.as_number,
      -- What is older than the first dialog belongs to that, what is a millisecond older than a dialog to that one.
      case when previous.id is null then '-infinity' else d.created_at - interval '1 millisecond' end as first_row_at,
      -- A transcript may go on after another chat has begun.
      case when chat.chat_guid is null then coalesce(next.started_at, 'infinity') else 'infinity' end as last_row_before
    from (select distinct a.id from unnest(dialog_ids) a (id)) asked
    cross join lateral (select f.* from chat.dialogs f where f.id = asked.id offset 0) d
    left join lateral (
      select f.id, case when f.status = 1 then f.updated_at end as resolved_at
      from chat.dialogs f
      where f.conversation_id = d.conversation_id and f.created_at < d.created_at
      order by f.created_at desc
      limit 1
    ) previous on true
    left join lateral (
      select f.created_at as started_at
      from chat.dialogs f
      where f.conversation_id = d.conversation_id and f.created_at > d.created_at
      order by f.created_at
      limit 1
    ) next on true
    left join lateral (
      select f.created_at as at
      from chat.events f
      where f.conversation_id = d.conversation_id and f.created_at >= d.created_at and f.created_at <= d.updated_at
        and f.name = 'conversation_resolved' and f.dialog_id = d.id and d.status = 1
      order by f.created_at
      limit 1
    ) resolution on true
    left join lateral (select f.chat_guid from chat.chats f where f.dialog_id = d.id offset 0) chat on true
    left join lateral (
      select d.id as as_number from chat.accounts f where f.id = d.account_id and f.puts_chat_events offset 0
    ) submitted on true
  ),
  settings as materialized (
    select s.*, exists (select from stats.open_spans o where o.account_id = a.account_id) as has_calendars
    from (select distinct d.account_id from dialog d) a
    cross join lateral stats._settings(a.account_id) s
  ),

  -- Who had it in which state: an event tells both, until the next one.
  happened as materialized (
    select h.*, coalesce(h.next_at, h.resolved_at) as until,
      -- The number of the last event that tells a status, and that status: an assignment leaves it as it is.
      max(h.n * 4 + h.new_status) over w & 3 as status,
      count(*) filter (where h.user_id is distinct from h.previous_user_id) over w as owner_n
    from (
      select d.id as dialog_id, d.resolved_at, e.user_id, e.created_at as at,
        case e.name
          when 'conversation_open' then 0 when 'conversation_resolved' then 1
          when 'conversation_pending' then 2 when 'conversation_snoozed' then 3
        end as new_status,
        row_number() over w as n, lag(e.user_id) over w as previous_user_id, lead(e.created_at) over w as next_at
      from dialog d
      cross join lateral (
        select f.id, f.name, f.user_id, f.created_at
        from chat.events f
        where f.conversation_id = d.conversation_id and f.dialog_id = d.id
          and f.created_at >= d.started_at and f.created_at <= d.ends_at
          and f.name in ('conversation_pending', 'conversation_open', 'conversation_snoozed', 'conversation_resolved',
            'conversation_assigned')
        offset 0
      ) e
      window w as (partition by d.id order by e.created_at, e.id)
    ) h
    window w as (partition by h.dialog_id order by h.n)
  ),
  course as (
    select h.dialog_id,
      min(h.at) filter (where h.new_status = 0) as first_open_at,
      min(h.at) filter (where h.user_id is not null) as first_assigned_at,
      max(h.at) filter (where h.new_status is not null) as status_since,
      (array_agg(h.user_id order by h.n) filter (where h.user_id is not null))[1] as first_assignee_id,
      stats._ms(sum(h.until - h.at) filter (where h.status = 2)) as bot_ms,
      stats._ms(sum(h.until - h.at) filter (where h.status = 0)) as open_ms,
      stats._ms(sum(h.until - h.at) filter (where h.status = 3)) as snoozed_ms
    from happened h
    group by h.dialog_id
  ),

  -- What was said, and by whom.
  said as materialized (
    select d.id as dialog_id, m.id, m.created_at as at, stats._slot(m.created_at) as slot,
      m.created_at <= d.ends_at as is_in_time, m.message_type, m.private as is_note, m.sender_type, m.assignee_id,
      case when m.sender_type = 'User' then coalesce(m.sender_id, m.assignee_id) end as agent_id,
      m.message_type = 0 and not m.private as is_customers,
      m.message_type = 1 and not m.private and m.sender_type = 'User' and not m.is_automatic as is_reply,
      not m.private and (m.message_type = 3 or m.message_type = 1 and m.sender_type = 'AgentBot') as is_bots
    from dialog d
    cross join lateral (
      select f.id, f.created_at, f.message_type, f.private, coalesce(f.sender_type, '') as sender_type, f.sender_id,
        (f.additional_attributes ->> 'user_id_assigned')::bigint as assignee_id,
        f.additional_attributes ? 'campaign_id' or f.content_attributes ? 'automation_rule_id' as is_automatic
      from chat.messages f
      where f.conversation_id = d.conversation_id and f.dialog_id = d.id
        and f.created_at >= d.first_row_at and f.created_at < d.last_row_before and f.message_type <> 2
      offset 0
    ) m
  ),
  talk as (
    select s.dialog_id,
      min(s.at) filter (where s.is_customers) as first_customer_message_at,
      min(s.at) filter (where s.is_reply) as first_reply_at,
      (array_agg(s.agent_id order by s.at, s.id) filter (where s.is_reply))[1] as first_replier_id,
      count(*) filter (where s.is_customers) as messages_received,
      count(*) filter (where s.is_reply) as replies,
      count(*) filter (where s.is_bots) as bot_messages
    from said s
    where s.is_in_time
    group by s.dialog_id
  ),
  turn as (
    select t.dialog_id, row_number() over (partition by t.dialog_id order by t.replies_before) as n,
      t.agent_id, t.waiting_since, t.replied_at
    from (
      select s.dialog_id, s.replies_before, max(s.agent_id) filter (where s.is_reply) as agent_id,
        min(s.at) filter (where s.is_customers) as waiting_since, min(s.at) filter (where s.is_reply) as replied_at
      from (
        select s.dialog_id, s.at, s.agent_id, s.is_customers, s.is_reply,
          count(*) filter (where s.is_reply) over (partition by s.dialog_id order by s.at, s.id) - s.is_reply::integer as replies_before
        from said s
        where s.is_in_time and (s.is_customers or s.is_reply)
      ) s
      group by s.dialog_id, s.replies_before
      having bool_or(s.is_customers)
    ) t
  ),
  turns as materialized (
    select t.dialog_id, t.n::integer, d.account_id, d.inbox_id, d.team_id, t.agent_id, t.waiting_since, t.replied_at,
      stats._ms(t.replied_at - t.waiting_since) as reply_ms,
      case when t.replied_at is not null then
        stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, t.waiting_since, t.replied_at)
      end as reply_business_ms
    from turn t
    join dialog d on d.id = t.dialog_id
    join settings s on s.account_id = d.account_id
  ),
  waits as (
    select t.dialog_id, count(*) as turns, max(t.waiting_since) filter (where t.replied_at is null) as waiting_since,
      sum(coalesce(t.reply_ms, stats._ms(d.resolved_at - t.waiting_since))) as customer_waiting_ms
    from turns t
    join dialog d on d.id = t.dialog_id
    group by t.dialog_id
  ),

  ownership as materialized (
    select h.dialog_id, h.owner_n, h.user_id as agent_id, max(h.previous_user_id) filter (where h.user_id is distinct from h.previous_user_id)
        as previous_agent_id,
      min(h.at) as began_at, nullif(max(coalesce(h.until, 'infinity')), 'infinity') as ended_at,
      coalesce(range_agg(tstzrange(h.at, h.until)) filter (where h.status = 0), '{}') as handled,
      coalesce(stats._ms(sum(h.until - h.at) filter (where h.status = 0)), 0) as handle_ms
    from happened h
    where h.user_id is not null
    group by h.dialog_id, h.owner_n, h.user_id
  ),
  own_reply as (
    select o.dialog_id, o.owner_n, min(s.at) as first_reply_at
    from ownership o
    join said s on s.dialog_id = o.dialog_id and s.agent_id = o.agent_id
      and s.at >= o.began_at and s.at < coalesce(o.ended_at, 'infinity')
    where s.is_reply and s.is_in_time
    group by o.dialog_id, o.owner_n
  ),
  ownerships as (
    select o.dialog_id, (row_number() over (partition by o.dialog_id order by o.owner_n))::integer as n, d.account_id, d.inbox_id,
      d.team_id, o.agent_id, o.previous_agent_id, o.began_at, o.ended_at, r.first_reply_at, o.handled, o.handle_ms, d.resolved_at
    from ownership o
    join dialog d on d.id = o.dialog_id
    left join own_reply r on r.dialog_id = o.dialog_id and r.owner_n = o.owner_n
  ),
  owned as (
    select o.dialog_id, count(distinct o.agent_id) as agents, count(o.previous_agent_id) as transfers, sum(o.handle_ms) as handle_ms
    from ownership o
    group by o.dialog_id
  ),

  message_counts as (
    select c.dialog_id, c.slot, c.metric, c.agent_id, d.account_id, d.inbox_id, d.team_id, c.n::integer
    from (
      select s.dialog_id, s.slot, k.metric, coalesce(k.agent_id, 0) as agent_id, sum(k.n) as n
      from (
        select s.dialog_id, s.slot, s.assignee_id, s.agent_id, count(*) filter (where s.is_customers) as received,
          count(*) filter (where s.message_type = 1 and not s.is_note) as sent, count(*) filter (where s.is_reply) as replies,
          count(*) filter (where s.is_note) as notes
        from said s
        group by s.dialog_id, s.slot, s.assignee_id, s.agent_id
      ) s
      cross join lateral (
        select 'messages_received'::api.metric, s.assignee_id, s.received
        union all select 'messages_sent', s.assignee_id, s.sent
        union all select 'replies_sent', s.agent_id, s.replies
        union all select 'notes', s.agent_id, s.notes
      ) k (metric, agent_id, n)
      where k.n > 0
      group by s.dialog_id, s.slot, k.metric, coalesce(k.agent_id, 0)
      union all
      select d.id, stats._slot(m.mentioned_at), 'mentions', m.user_id, count(*)
      from dialog d
      cross join lateral (
        select f.user_id, f.mentioned_at from chat.mentions f
        where f.conversation_id = d.conversation_id and f.dialog_id = d.id
        offset 0
      ) m
      group by d.id, stats._slot(m.mentioned_at), m.user_id
    ) c
    join dialog d on d.id = c.dialog_id
  ),

  -- Customers' verdicts and agents' wrap-ups.
  rated as (
    select d.id as dialog_id, r.rating, r.rated_at
    from dialog d
    cross join lateral stats._rating_of(d.account_id, d.id, d.chat_guid, d.as_number) r
    where d.chat_guid is not null or d.as_number is not null
  ),
  wrapped_up as (
    select d.id as dialog_id, w.category_id, w.agent_id, w.wrapped_up_at
    from dialog d
    cross join lateral stats._wrapup_of(d.account_id, d.id, d.chat_guid, d.as_number) w
    where d.chat_guid is not null or d.as_number is not null
  ),

  dialogs as (
    select d.id as dialog_id, d.account_id, d.conversation_id, d.inbox_id, d.contact_id, d.team_id, d.status, d.started_at,
      c.first_open_at, c.first_assigned_at, t.first_customer_message_at, t.first_reply_at, d.resolved_at,
      coalesce(c.status_since, d.started_at) as status_since,
      case when d.resolved_at is null then w.waiting_since end as waiting_since,
      c.first_assignee_id, t.first_replier_id, d.assignee_id,
      coalesce(c.bot_ms, 0) as bot_ms, coalesce(c.open_ms, 0) as open_ms, coalesce(c.snoozed_ms, 0) as snoozed_ms,
      coalesce(w.customer_waiting_ms, 0)::bigint as customer_waiting_ms, coalesce(o.handle_ms, 0)::bigint as handle_ms,
      b.queue_wait_business_ms, b.first_response_business_ms, b.first_response_human_business_ms, b.resolution_business_ms,
      coalesce(o.agents, 0)::integer as agents, coalesce(o.transfers, 0)::integer as transfers,
      coalesce(t.messages_received, 0)::integer as messages_received, coalesce(t.replies, 0)::integer as replies,
      coalesce(t.bot_messages, 0)::integer as bot_messages, coalesce(w.turns, 0)::integer as turns,
      d.previous_resolved_at, d.reopened_at,
      f.is_reopened,
      d.resolved_at is not null and coalesce(o.agents = 1 and o.transfers = 0, false) and not f.is_reopened
        and coalesce(d.started_at - d.previous_resolved_at >= s.reopen_within, true) as is_first_contact_resolution,
      d.resolved_at is not null and coalesce(t.bot_messages > 0 and t.replies = 0, false) as is_bot_contained,
      f.is_abandoned,
      f.is_abandoned and d.resolved_at - c.first_open_at < s.short_abandon as is_short_abandoned,
      d.resolved_at is not null and w.waiting_since is not null as is_dropped,
      r.rating, r.rating >= s.satisfied_from as is_satisfied, r.rated_at,
      u.category_id as wrapup_category_id, u.agent_id as wrapup_agent_id, u.wrapped_up_at
    from dialog d
    join settings s on s.account_id = d.account_id
    left join course c on c.dialog_id = d.id
    left join talk t on t.dialog_id = d.id
    left join waits w on w.dialog_id = d.id
    left join owned o on o.dialog_id = d.id
    left join rated r on r.dialog_id = d.id
    left join wrapped_up u on u.dialog_id = d.id
    cross join lateral (
      select coalesce(d.reopened_at - d.resolved_at < s.reopen_within, false) as is_reopened,
        d.resolved_at is not null and c.first_open_at is not null and t.first_customer_message_at is not null
          and t.first_reply_at is null as is_abandoned
    ) f
    cross join lateral (
      select
        case when c.first_open_at is not null and c.first_assigned_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, c.first_open_at, greatest(c.first_assigned_at, c.first_open_at))
        end as queue_wait_business_ms,
        case when t.first_reply_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, d.started_at, greatest(t.first_reply_at, d.started_at))
        end as first_response_business_ms,
        case when t.first_reply_at is not null and c.first_open_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, c.first_open_at, greatest(t.first_reply_at, c.first_open_at))
        end as first_response_human_business_ms,
        case when d.resolved_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, d.started_at, d.resolved_at)
        end as resolution_business_ms
    ) b
  )
  select dialog_ids,
    array(select row(r.*)::stats.dialogs from dialogs r),
    array(select row(r.*)::stats.turns from turns r),
    array(select row(r.*)::stats.ownerships from ownerships r),
    array(select row(r.*)::stats.message_counts from message_counts r)
  into v_facts;
  return v_facts;
end $$;

comment on function stats.compute(bigint[]) is
  'The facts of dialogs, from the rows of schema chat: each metric''s raw material, defined once. stale are the ids that were asked '
  'for, those of dialogs that are gone included.';
--! EndIncluded stats/compute.sql
--! Included stats/_dialogs_submitted_for.sql
create or replace function stats._dialogs_submitted_for(account_id bigint, chat_guid text, chat_number integer) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select c.dialog_id from chat.chats c
  where c.account_id = _dialogs_submitted_for.account_id
    and c.chat_guid in (_dialogs_submitted_for.chat_guid, _dialogs_submitted_for.chat_number::text)
  union
  select c.dialog_id from chat.chat_numbers n
  join chat.chats c on c.account_id = n.account_id and c.chat_guid = n.chat_guid
  where n.account_id = _dialogs_submitted_for.account_id and n.chat_number = _dialogs_submitted_for.chat_number
  union
  select d.id from chat.dialogs d
  where d.account_id = _dialogs_submitted_for.account_id and d.id in (
    _dialogs_submitted_for.chat_number,
    case when _dialogs_submitted_for.chat_guid ~ '^\d{1,18}$' then _dialogs_submitted_for.chat_guid::bigint end
  )
$$;

comment on function stats._dialogs_submitted_for(bigint, text, integer) is
  'Dialogs that something submitted for this chat may be about; whether it is, chat.chat_ratings and chat.chat_wrapups say.';
--! EndIncluded stats/_dialogs_submitted_for.sql
--! Included stats/_stale_dialogs.sql
create or replace function stats._stale_dialogs(account_id bigint) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return array(
    select s.dialog_id from stats.stale s
    where s.account_id = _stale_dialogs.account_id and s.id >= (select h.id from stats.horizon h)
    union
    select d
    from stats.submitted s
    cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
    where s.account_id = _stale_dialogs.account_id
  );
end $$;

comment on function stats._stale_dialogs(bigint) is 'Dialogs of an account that have changed and are not summed yet.';
--! EndIncluded stats/_stale_dialogs.sql
--! Included stats/_with_neighbours.sql
-- A dialog that comes, goes or moves changes what the ones next to it in the conversation say of it: reopened_at and
-- previous_resolved_at. Where it was is asked of its stored facts, too.
create or replace function stats._with_neighbours(dialog_ids bigint[]) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_memoize = off
set jit = off
as $$
begin
  return array(
    select a.id from unnest(dialog_ids) a (id)
    union
    select neighbour.id
    from unnest(dialog_ids) a (id)
    cross join lateral (
      select d.conversation_id, d.created_at as at from chat.dialogs d where d.id = a.id
      union
      select s.conversation_id, s.started_at from stats.dialogs s where s.dialog_id = a.id
      offset 0
    ) place
    cross join lateral (
      (
        select d.id, d.conversation_id, d.created_at from chat.dialogs d
        where d.conversation_id = place.conversation_id and d.created_at < place.at
        order by d.created_at desc
        limit 1
      )
      union all
      (
        select d.id, d.conversation_id, d.created_at from chat.dialogs d
        where d.conversation_id = place.conversation_id and d.created_at > place.at
        order by d.created_at
        limit 1
      )
      offset 0
    ) neighbour
    cross join lateral (
      select s.reopened_at, s.previous_resolved_at from stats.dialogs s where s.dialog_id = neighbour.id offset 0
    ) stored
    -- Asked for one by one: most agree, and a look is cheaper than computing them anew.
    where stored.reopened_at is distinct from (
        select d.created_at from chat.dialogs d
        where d.conversation_id = neighbour.conversation_id and d.created_at > neighbour.created_at
        order by d.created_at
        limit 1
      )
      or stored.previous_resolved_at is distinct from (
        select case when d.status = 1 then d.updated_at end from chat.dialogs d
        where d.conversation_id = neighbour.conversation_id and d.created_at < neighbour.created_at
        order by d.created_at desc
        limit 1
      )
  );
end $$;

comment on function stats._with_neighbours(bigint[]) is
  'Dialogs, and those next to them in their conversations that no longer agree with them.';
--! EndIncluded stats/_with_neighbours.sql
--! Included stats/pending.sql
create or replace function stats.pending(account_id bigint) returns setof stats.facts
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_dialog_ids bigint[];
begin
  if account_id is distinct from stats.current_account() then
    return;
  end if;
  v_dialog_ids := stats._stale_dialogs(account_id);
  if cardinality(v_dialog_ids) > 0 then
    return next stats.compute(stats._with_neighbours(v_dialog_ids));
  end if;
end $$;

comment on function stats.pending(bigint) is
  'The facts of an account''s dialogs that have changed and are not summed yet: no row if there are none. Nothing of other accounts '
  'than one''s own (stats.current_account).';
--! EndIncluded stats/pending.sql
--! Included stats/measurements.sql
-- A branch for each moment that something is measured at, a line for each metric. A branch reads what is stored by the index of
-- its moment, and what has changed from `changes`; one whose metrics are not asked for is not run. Selects, since the expressions of
-- a VALUES list are prepared anew for every row: five times as slow; of equal types, so that
-- they are one plan. Planned once a session,
-- without regard to how much is stored: so no scans (decision 7), and `not in`, which hashes whatever the number of dialogs.
create or replace function stats.measurements(account_id bigint, since timestamptz, until timestamptz, changes stats.facts,
  rolled_up boolean, metrics api.metric[] default null, agent_ids bigint[] default null, team_ids bigint[] default null,
  inbox_ids bigint[] default null)
returns table (metric api.metric, at timestamptz, agent_id bigint, team_id bigint, inbox_id bigint, dialog_id bigint,
  n bigint, total bigint, business bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
  v_stored constant boolean := not rolled_up;
begin
  return query
  with dialogs as materialized (
    select 1 as sign, d.* from unnest(changes.dialogs) d
    union all
    select -1, d.* from stats.dialogs d where rolled_up and d.dialog_id = any (changes.stale)
  ),
  turns as materialized (
    select 1 as sign, t.* from unnest(changes.turns) t
    union all
    select -1, t.* from stats.turns t where rolled_up and t.dialog_id = any (changes.stale)
  ),
  ownerships as materialized (
    select 1 as sign, o.* from unnest(changes.ownerships) o
    union all
    select -1, o.* from stats.ownerships o where rolled_up and o.dialog_id = any (changes.stale)
  ),
  message_counts as materialized (
    select 1 as sign, c.* from unnest(changes.message_counts) c
    union all
    select -1, c.* from stats.message_counts c where rolled_up and c.dialog_id = any (changes.stale)
  ),
  measured as (
    select 'dialogs_started'::api.metric as metric, d.started_at as at, d.first_assignee_id as agent_id, d.team_id, d.inbox_id,
      d.dialog_id, d.sign::bigint as n, 0::bigint as total, 0::bigint as business
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.started_at >= since and s.started_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from dialogs c where c.started_at >= since and c.started_at < until
    ) d
    where metrics is null or 'dialogs_started' = any (metrics)

    union all
    select m.metric, d.first_open_at, d.first_assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.ms, 0
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_open_at >= since and s.first_open_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from dialogs c where c.first_open_at >= since and c.first_open_at < until
    ) d
    cross join lateral (
      select 'offered'::api.metric, true, 0::bigint
      union all select 'handed_off', d.first_open_at > d.started_at, stats._ms(d.first_open_at - d.started_at)
    ) m (metric, counts, ms)
    where m.counts and (metrics is null or metrics && '{offered,handed_off}')

    union all
    -- The later one of two moments: an index serves each.
    select 'queue_wait', d.queued_until, d.first_assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign,
      d.sign * stats._ms(d.queued_until - d.first_open_at), d.sign * d.queue_wait_business_ms
    from (
      select 1 as sign, s.first_assigned_at as queued_until, s.dialog_id, s.inbox_id, s.team_id, s.first_assignee_id, s.first_open_at,
        s.queue_wait_business_ms
      from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_assigned_at >= since and s.first_assigned_at < until
        and s.first_assigned_at >= s.first_open_at
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select 1, s.first_open_at, s.dialog_id, s.inbox_id, s.team_id, s.first_assignee_id, s.first_open_at, s.queue_wait_business_ms
      from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_open_at >= since and s.first_open_at < until
        and s.first_open_at > s.first_assigned_at
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.sign, q.at, c.dialog_id, c.inbox_id, c.team_id, c.first_assignee_id, c.first_open_at, c.queue_wait_business_ms
      from dialogs c
      cross join lateral (select greatest(c.first_assigned_at, c.first_open_at) as at) q
      where c.first_assigned_at is not null and c.first_open_at is not null and q.at >= since and q.at < until
    ) d
    where metrics is null or 'queue_wait' = any (metrics)

    union all
    select m.metric, d.first_reply_at, d.first_replier_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.ms, d.sign * m.business_ms
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_reply_at >= since and s.first_reply_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from dialogs c where c.first_reply_at >= since and c.first_reply_at < until
    ) d
    cross join lateral (
      select 'first_response'::api.metric, d.first_customer_message_at is not null,
        stats._ms(greatest(d.first_reply_at, d.started_at) - d.started_at), d.first_response_business_ms
      union all select 'first_response_human', d.first_customer_message_at is not null and d.first_open_at is not null,
        stats._ms(greatest(d.first_reply_at, d.first_open_at) - d.first_open_at), d.first_response_human_business_ms
      union all select 'outbound', d.first_customer_message_at is null, 0::bigint, 0::bigint
    ) m (metric, counts, ms, business_ms)
    where m.counts and (metrics is null or metrics && '{first_response,first_response_human,outbound}')

    union all
    select m.metric, d.resolved_at, d.assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.total, d.sign * m.business_ms
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.resolved_at >= since and s.resolved_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from dialogs c where c.resolved_at >= since and c.resolved_at < until
    ) d
    cross join lateral (
      select 'resolution'::api.metric, true, stats._ms(d.resolved_at - d.started_at), d.resolution_business_ms
      union all select 'active_resolution', true, d.open_ms, 0::bigint
      union all select 'bot_time', d.bot_ms > 0, d.bot_ms, 0::bigint
      union all select 'snoozed_time', d.snoozed_ms > 0, d.snoozed_ms, 0::bigint
      union all select 'assigned_to_resolved', d.first_assigned_at is not null, stats._ms(d.resolved_at - d.first_assigned_at), 0::bigint
      union all select 'customer_waiting', d.turns > 0, d.customer_waiting_ms, 0::bigint
      union all select 'dialogs_handled', d.handle_ms > 0, d.handle_ms, 0::bigint
      union all select 'reopened', d.is_reopened, 0::bigint, 0::bigint
      union all select 'first_contact_resolution', d.is_first_contact_resolution, 0::bigint, 0::bigint
      union all select 'bot_contained', d.is_bot_contained, 0::bigint, 0::bigint
      union all select 'abandoned', d.is_abandoned, 0::bigint, 0::bigint
      union all select 'short_abandoned', d.is_short_abandoned, 0::bigint, 0::bigint
      union all select 'dropped', d.is_dropped, 0::bigint, 0::bigint
      union all select 'replies_to_resolve', true, d.replies::bigint, 0::bigint
      union all select 'messages_to_resolve', true, (d.messages_received + d.replies + d.bot_messages)::bigint, 0::bigint
    ) m (metric, counts, total, business_ms)
    where m.counts and (metrics is null or metrics && '{resolution,active_resolution,bot_time,snoozed_time,assigned_to_resolved,
      customer_waiting,dialogs_handled,reopened,first_contact_resolution,bot_contained,abandoned,short_abandoned,dropped,
      replies_to_resolve,messages_to_resolve}')

    union all
    select m.metric, d.rated_at, d.assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.total, 0
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.rated_at >= since and s.rated_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from dialogs c where c.rated_at >= since and c.rated_at < until
    ) d
    cross join lateral (
      select 'ratings'::api.metric, true, d.rating
      union all select 'satisfied', d.is_satisfied, 0
    ) m (metric, counts, total)
    where m.counts and (metrics is null or metrics && '{ratings,satisfied}')

    union all
    select 'wrapups', d.wrapped_up_at, d.wrapup_agent_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, 0, 0
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.wrapped_up_at >= since and s.wrapped_up_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from dialogs c where c.wrapped_up_at >= since and c.wrapped_up_at < until
    ) d
    where metrics is null or 'wrapups' = any (metrics)

    union all
    select 'reply_time', t.replied_at, t.agent_id, t.team_id, t.inbox_id, t.dialog_id, t.sign, t.sign * t.reply_ms, t.sign * t.reply_business_ms
    from (
      select 1 as sign, s.* from stats.turns s
      where v_stored and s.account_id = v_account_id and s.replied_at >= since and s.replied_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from turns c where c.replied_at >= since and c.replied_at < until
    ) t
    where metrics is null or 'reply_time' = any (metrics)

    union all
    select m.metric, o.began_at, m.agent_id, o.team_id, o.inbox_id, o.dialog_id, o.sign, 0, 0
    from (
      select 1 as sign, s.* from stats.ownerships s
      where v_stored and s.account_id = v_account_id and s.began_at >= since and s.began_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from ownerships c where c.began_at >= since and c.began_at < until
    ) o
    cross join lateral (
      select 'transfers_out'::api.metric, o.previous_agent_id
      union all select 'transfers_in', o.agent_id
    ) m (metric, agent_id)
    where o.previous_agent_id is not null and (metrics is null or metrics && '{transfers_out,transfers_in}')

    union all
    select 'first_response_agent', o.first_reply_at, o.agent_id, o.team_id, o.inbox_id, o.dialog_id, o.sign,
      o.sign * stats._ms(o.first_reply_at - o.began_at), 0
    from (
      select 1 as sign, s.* from stats.ownerships s
      where v_stored and s.account_id = v_account_id and s.first_reply_at >= since and s.first_reply_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from ownerships c where c.first_reply_at >= since and c.first_reply_at < until
    ) o
    where metrics is null or 'first_response_agent' = any (metrics)

    union all
    -- Once for a dialog and agent, however often the agent had it.
    select 'handle_time', o.resolved_at, o.agent_id, o.team_id, o.inbox_id, o.dialog_id, o.sign, o.sign * sum(o.handle_ms)::bigint, 0
    from (
      select 1 as sign, s.* from stats.ownerships s
      where v_stored and s.account_id = v_account_id and s.resolved_at >= since and s.resolved_at < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from ownerships c where c.resolved_at >= since and c.resolved_at < until
    ) o
    where metrics is null or 'handle_time' = any (metrics)
    group by o.sign, o.dialog_id, o.agent_id, o.resolved_at, o.team_id, o.inbox_id
    having sum(o.handle_ms) > 0

    union all
    select c.metric, c.slot, c.agent_id, c.team_id, c.inbox_id, c.dialog_id, c.sign * c.n, 0, 0
    from (
      select 1 as sign, s.* from stats.message_counts s
      where v_stored and s.account_id = v_account_id and s.slot >= since and s.slot < until
        and s.dialog_id not in (select unnest(changes.stale))
      union all
      select c.* from message_counts c where c.slot >= since and c.slot < until
    ) c
    where metrics is null or metrics && '{messages_received,messages_sent,replies_sent,notes,mentions}'
  )
  select m.metric, m.at, coalesce(m.agent_id, 0), coalesce(m.team_id, 0), m.inbox_id, m.dialog_id, m.n, m.total, coalesce(m.business, 0)
  from measured m
  where (metrics is null or m.metric = any (metrics))
    and (agent_ids is null or coalesce(m.agent_id, 0) = any (agent_ids))
    and (team_ids is null or coalesce(m.team_id, 0) = any (team_ids))
    and (inbox_ids is null or m.inbox_id = any (inbox_ids));
end $$;

comment on function stats.measurements(bigint, timestamptz, timestamptz, stats.facts, boolean, api.metric[], bigint[], bigint[], bigint[]) is
  'What each metric counts: the definition of all of them. One row a measurement: its moment, in [since, until), whom it is credited '
  'to (0: nobody, no team), how many (n), the sum (total; milliseconds, unless the metric counts something else), and the part of '
  'it in business hours. rolled_up: what changes adds to the sums that are stored, and takes from them; '
  'else all measurements, of what is stored and what has changed. Filters name who is credited.';
--! EndIncluded stats/measurements.sql

-- Sums
--! Included stats/_lock_sums.sql
create or replace function stats._lock_sums() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- An older snapshot would not show what the one who had the lock before has summed.
  perform chat._require_read_committed('statistics are summed');
  perform pg_advisory_xact_lock(hashtextextended('stats.sums', 0));
end $$;

comment on function stats._lock_sums() is
  'Waits until nobody else changes facts and sums, and keeps others from it until the transaction ends. Error: PA040.';
--! EndIncluded stats/_lock_sums.sql
--! Included stats/_apply.sql
create or replace function stats._apply(changes stats.facts) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_slots stats.slots[];
  v_days stats.days[];
  v_histograms stats.histograms[];
begin
  with account as materialized (
    select d.dialog_id, d.account_id from unnest(changes.dialogs) d
    union
    select d.dialog_id, d.account_id from stats.dialogs d where d.dialog_id = any (changes.stale)
  ),
  finished as materialized (
    select s.account_id, s.time_zone, s.days_until
    from stats.settings s
    where s.account_id in (select a.account_id from account a) and s.days_until is not null
  ),
  measured as materialized (
    select a.account_id, stats._slot(m.at) as slot, m.metric, m.agent_id, m.team_id, m.inbox_id, m.n, m.total, m.business
    from stats.measurements(null, '-infinity', 'infinity', changes, rolled_up => true) m
    join account a on a.dialog_id = m.dialog_id
  ),
  -- Most of what a dialog measured before it still measures: that is left out before it is counted in four sums.
  changed as materialized (
    select m.account_id, m.slot, m.metric, m.agent_id, m.team_id, m.inbox_id, stats.sum(m.n) as n, stats.sum(m.total) as total,
      stats.sum(m.business) as business
    from measured m
    group by m.account_id, m.slot, m.metric, m.agent_id, m.team_id, m.inbox_id
    having stats.sum(m.n) <> 0 or stats.sum(m.total) <> 0 or stats.sum(m.business) <> 0
  ),
  summed as materialized (
    select c.account_id, k.dim, c.slot, k.dim_id, c.metric, stats.sum(c.n) as n, stats.sum(c.total) as total, stats.sum(c.business) as business
    from changed c
    cross join lateral stats._dimensions(c.agent_id, c.team_id, c.inbox_id) k
    group by c.account_id, k.dim, c.slot, k.dim_id, c.metric
    having stats.sum(c.n) <> 0 or stats.sum(c.total) <> 0 or stats.sum(c.business) <> 0
  ),
  slot as (
    insert into stats.slots as s
    select m.* from summed m
    order by m.account_id, m.dim, m.slot, m.dim_id, m.metric
    on conflict (account_id, dim, slot, dim_id, metric) do update
    set n = s.n + excluded.n, total = s.total + excluded.total, business = s.business + excluded.business
    returning s
  ),
  day as (
    insert into stats.days as s
    select m.account_id, m.dim, stats._day(m.slot, f.time_zone), m.dim_id, m.metric, stats.sum(m.n), stats.sum(m.total), stats.sum(m.business)
    from summed m
    join finished f on f.account_id = m.account_id and stats._day(m.slot, f.time_zone) < f.days_until
    group by m.account_id, m.dim, stats._day(m.slot, f.time_zone), m.dim_id, m.metric
    having stats.sum(m.n) <> 0 or stats.sum(m.total) <> 0 or stats.sum(m.business) <> 0
    on conflict (account_id, dim, day, dim_id, metric) do update
    set n = s.n + excluded.n, total = s.total + excluded.total, business = s.business + excluded.business
    returning s
  ),
  histogram as (
    insert into stats.histograms as s
    select m.account_id, k.dim, m.metric, stats._day(m.slot, f.time_zone), k.dim_id, stats._bucket(m.total * m.n), stats.sum(m.n)
    from measured m
    join finished f on f.account_id = m.account_id and stats._day(m.slot, f.time_zone) < f.days_until
    cross join lateral stats._dimensions(m.agent_id, m.team_id, m.inbox_id) k
    where stats._has_times(m.metric)
    group by m.account_id, k.dim, m.metric, stats._day(m.slot, f.time_zone), k.dim_id, stats._bucket(m.total * m.n)
    having stats.sum(m.n) <> 0
    on conflict (account_id, dim, metric, day, dim_id, bucket) do update set n = s.n + excluded.n
    returning s
  )
  select
    array(select row((s).*)::stats.slots from slot where (s).n = 0 and (s).total = 0 and (s).business = 0),
    array(select row((s).*)::stats.days from day where (s).n = 0 and (s).total = 0 and (s).business = 0),
    array(select row((s).*)::stats.histograms from histogram where (s).n = 0)
  into v_slots, v_days, v_histograms;

  -- What no longer counts leaves no trace, so that sums are the same however they came about.
  delete from stats.slots s using unnest(v_slots) z
  where s.account_id = z.account_id and s.dim = z.dim and s.slot = z.slot and s.dim_id = z.dim_id and s.metric = z.metric;
  delete from stats.days s using unnest(v_days) z
  where s.account_id = z.account_id and s.dim = z.dim and s.day = z.day and s.dim_id = z.dim_id and s.metric = z.metric;
  delete from stats.histograms s using unnest(v_histograms) z
  where s.account_id = z.account_id and s.dim = z.dim and s.metric = z.metric and s.day = z.day and s.dim_id = z.dim_id
    and s.bucket = z.bucket;
end $$;

comment on function stats._apply(stats.facts) is 'Adds to the sums what replacing the stored facts by these changes.';
--! EndIncluded stats/_apply.sql
--! Included stats/_replace.sql
-- Rows that stay as they are are left alone: of a dialog that goes on, most do. Its own row is updated, in place while no indexed
-- moment is new, instead of written anew.
create or replace function stats._replace(facts stats.facts) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = off
set jit = off
as $$
begin
  delete from stats.dialogs s
  where s.dialog_id = any (facts.stale) and s.dialog_id not in (select d.dialog_id from unnest(facts.dialogs) d);
  insert into stats.dialogs as s
  select * from unnest(facts.dialogs)
  on conflict (dialog_id) do update
  set (
    account_id, conversation_id, inbox_id, contact_id, team_id, status, started_at, first_open_at, first_assigned_at,
    first_customer_message_at, first_reply_at, resolved_at, status_since, waiting_since, first_assignee_id, first_replier_id,
    assignee_id, bot_ms, open_ms, snoozed_ms, customer_waiting_ms, handle_ms, queue_wait_business_ms,
    first_response_business_ms, first_response_human_business_ms, resolution_business_ms, agents, transfers, messages_received,
    replies, bot_messages, turns, previous_resolved_at, reopened_at, is_reopened, is_first_contact_resolution,
    is_bot_contained, is_abandoned, is_short_abandoned, is_dropped, rating, is_satisfied, rated_at, wrapup_category_id,
    wrapup_agent_id, wrapped_up_at
  ) = row (
    excluded.account_id, excluded.conversation_id, excluded.inbox_id, excluded.contact_id, excluded.team_id, excluded.status,
    excluded.started_at, excluded.first_open_at, excluded.first_assigned_at, excluded.first_customer_message_at,
    excluded.first_reply_at, excluded.resolved_at, excluded.status_since, excluded.waiting_since, excluded.first_assignee_id,
    excluded.first_replier_id, excluded.assignee_id, excluded.bot_ms, excluded.open_ms, excluded.snoozed_ms,
    excluded.customer_waiting_ms, excluded.handle_ms, excluded.queue_wait_business_ms, excluded.first_response_business_ms,
    excluded.first_response_human_business_ms, excluded.resolution_business_ms, excluded.agents, excluded.transfers,
    excluded.messages_received, excluded.replies, excluded.bot_messages, excluded.turns, excluded.previous_resolved_at,
    excluded.reopened_at, excluded.is_reopened, excluded.is_first_contact_resolution, excluded.is_bot_contained,
    excluded.is_abandoned, excluded.is_short_abandoned, excluded.is_dropped, excluded.rating, excluded.is_satisfied,
    excluded.rated_at, excluded.wrapup_category_id, excluded.wrapup_agent_id, excluded.wrapped_up_at
  )
  where s is distinct from excluded;

  delete from stats.turns s
  where s.dialog_id = any (facts.stale) and not exists (
    select from unnest(facts.turns) f where f.dialog_id = s.dialog_id and f.n = s.n and f is not distinct from s
  );
  insert into stats.turns
  select * from unnest(facts.turns)
  on conflict do nothing;

  delete from stats.ownerships s
  where s.dialog_id = any (facts.stale) and not exists (
    select from unnest(facts.ownerships) f where f.dialog_id = s.dialog_id and f.n = s.n and f is not distinct from s
  );
  insert into stats.ownerships
  select * from unnest(facts.ownerships)
  on conflict do nothing;

  delete from stats.message_counts s
  where s.dialog_id = any (facts.stale) and not exists (
    select from unnest(facts.message_counts) f
    where f.dialog_id = s.dialog_id and f.slot = s.slot and f.metric = s.metric and f.agent_id = s.agent_id and f is not distinct from s
  );
  insert into stats.message_counts
  select * from unnest(facts.message_counts)
  on conflict do nothing;
end $$;

comment on function stats._replace(stats.facts) is 'Stores these facts in place of what is stored of their dialogs.';
--! EndIncluded stats/_replace.sql
--! Included stats/_move_horizon.sql
-- Ids are drawn before they are committed: a long transaction may still bring one that is lower than all that have been taken. So the
-- horizon follows in two steps: the highest id and the transactions of one flush are noted, and believed when those have ended.
create or replace function stats._move_horizon(newest_id bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_horizon record;
begin
  -- One snapshot for both: what was settled is also seen. A transaction to come is one of the server that a dump is from.
  select h.id, h.next_id,
    pg_snapshot_xmin(pg_current_snapshot()) >= h.next_xid
      or h.next_xid >= pg_snapshot_xmax(pg_current_snapshot()) and h.next_xid is distinct from pg_current_xact_id_if_assigned()
      as is_settled,
    coalesce((select s.id from stats.stale s where s.id >= h.id order by s.id limit 1), h.next_id + 1) as first_id
  into v_horizon
  from stats.horizon h;
  if not v_horizon.is_settled then
    return;
  elsif v_horizon.first_id <= v_horizon.next_id then
    update stats.horizon h set id = v_horizon.first_id where h.id < v_horizon.first_id;
  elsif newest_id is not null then
    update stats.horizon h set id = h.next_id + 1, next_id = newest_id, next_xid = pg_current_xact_id();
  end if;
end $$;

comment on function stats._move_horizon(bigint) is
  'Moves stats.horizon behind the rows of stats.stale that are gone. newest_id: the highest id that had been drawn when this transaction '
  'had no id of its own yet; null: it had one.';
--! EndIncluded stats/_move_horizon.sql
--! Included stats/flush.sql
-- What is deleted from stats.stale was committed before the facts are computed, by a later statement: so they show whatever the
-- rows were written for. What is committed in between stays, and is looked at again. Readers see all of a flush, or none.
create or replace function stats.flush(max_dialogs integer default 2000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_newest_id bigint;
  v_dialog_ids bigint[];
  v_submitted stats.submitted[];
  v_facts stats.facts;
begin
  perform chat._require_read_committed('statistics are summed');
  if not pg_try_advisory_xact_lock(hashtextextended('stats.sums', 0)) then
    return 0;
  end if;

  -- Before this transaction has an id of its own: who drew an id of stats.stale until now has an older one.
  if pg_current_xact_id_if_assigned() is null then
    select s.last_value into v_newest_id from stats.stale_id_seq s;
  end if;
  with first as materialized (
    select s.id, s.dialog_id
    from stats.stale s
    where s.id >= (select h.id from stats.horizon h)
    order by s.id
    limit max_dialogs * 10
  ),
  chosen as (
    select f.dialog_id from first f group by f.dialog_id order by min(f.id) limit max_dialogs
  ),
  taken as (
    delete from stats.stale s
    where s.id in (select f.id from first f where f.dialog_id in (select c.dialog_id from chosen c))
    returning s.dialog_id
  )
  select array_agg(distinct t.dialog_id) into v_dialog_ids from taken t;
  with taken as (
    delete from stats.submitted s
    where s.id in (select f.id from stats.submitted f order by f.id limit max_dialogs)
    returning s
  )
  select array_agg(t.s) into v_submitted from taken t;
  if v_dialog_ids is null and v_submitted is null then
    return 0;
  end if;

  perform stats._move_horizon(v_newest_id);
  v_dialog_ids := array(
    select unnest(v_dialog_ids)
    union
    select d from unnest(v_submitted) s cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
  );
  v_facts := stats.compute(stats._with_neighbours(v_dialog_ids));
  perform stats._apply(v_facts);
  perform stats._replace(v_facts);
  return greatest(cardinality(v_dialog_ids), cardinality(v_submitted));
end $$;

comment on function stats.flush(integer) is
  'Sums what has changed: computes the facts of so many stale dialogs anew, adds the difference to the sums and stores the facts. '
  'Returns how many dialogs, or chats that something was submitted for, it took; 0: there is nothing to do, or another session does it. Error: PA040.';
--! EndIncluded stats/flush.sql
--! Included stats/_slots_of.sql
create or replace function stats._slots_of(account_id bigint, since timestamptz, until timestamptz) returns setof stats.slots
language sql stable
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
as $$
  select _slots_of.account_id, k.dim, stats._slot(m.at), k.dim_id, m.metric, stats.sum(m.n), stats.sum(m.total),
    stats.sum(m.business)
  from stats.measurements(_slots_of.account_id, since, until, null, rolled_up => false) m
  cross join lateral stats._dimensions(m.agent_id, m.team_id, m.inbox_id) k
  group by k.dim, stats._slot(m.at), k.dim_id, m.metric
$$;

comment on function stats._slots_of(bigint, timestamptz, timestamptz) is 'What stats.slots must hold of the stored facts.';
--! EndIncluded stats/_slots_of.sql
--! Included stats/_histograms_of.sql
create or replace function stats._histograms_of(account_id bigint, time_zone text, since timestamptz, until timestamptz)
returns setof stats.histograms
language sql stable
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
as $$
  select _histograms_of.account_id, k.dim, m.metric, stats._day(stats._slot(m.at), time_zone), k.dim_id, stats._bucket(m.total), count(*)
  from stats.measurements(_histograms_of.account_id, since, until, null, rolled_up => false,
    metrics => array(select t from unnest(enum_range(null::api.metric)) t where stats._has_times(t))) m
  cross join lateral stats._dimensions(m.agent_id, m.team_id, m.inbox_id) k
  group by k.dim, m.metric, stats._day(stats._slot(m.at), time_zone), k.dim_id, stats._bucket(m.total)
$$;

comment on function stats._histograms_of(bigint, text, timestamptz, timestamptz) is 'What stats.histograms must hold of the stored facts.';
--! EndIncluded stats/_histograms_of.sql
--! Included stats/_sum_days.sql
create or replace function stats._sum_days(account_id bigint, time_zone text, since date, until date) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_dims constant api.dimension[] := enum_range(null::api.dimension);
  v_since constant timestamptz := stats._first_slot(since, time_zone);
  v_until constant timestamptz := stats._first_slot(until, time_zone);
begin
  delete from stats.days d
  where d.account_id = _sum_days.account_id and d.dim = any (v_dims) and d.day >= since and d.day < until;
  insert into stats.days
  select s.account_id, s.dim, stats._day(s.slot, time_zone), s.dim_id, s.metric, stats.sum(s.n), stats.sum(s.total), stats.sum(s.business)
  from stats.slots s
  where s.account_id = _sum_days.account_id and s.dim = any (v_dims) and s.slot >= v_since and s.slot < v_until
  group by s.account_id, s.dim, stats._day(s.slot, time_zone), s.dim_id, s.metric
  having stats.sum(s.n) <> 0 or stats.sum(s.total) <> 0 or stats.sum(s.business) <> 0
  order by s.account_id, s.dim, stats._day(s.slot, time_zone), s.dim_id, s.metric;

  delete from stats.histograms h
  where h.account_id = _sum_days.account_id and h.dim = any (v_dims) and h.day >= since and h.day < until;
  insert into stats.histograms
  select h.* from stats._histograms_of(account_id, time_zone, v_since, v_until) h
  order by h.account_id, h.dim, h.metric, h.day, h.dim_id, h.bucket;
end $$;

comment on function stats._sum_days(bigint, text, date, date) is
  'Sums the days of an account anew: from the sums of their quarter hours, and histograms from the stored facts.';
--! EndIncluded stats/_sum_days.sql
--! Included stats/finish_days.sql
create or replace function stats.finish_days() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account record;
  v_accounts integer := 0;
begin
  perform stats._lock_sums();
  insert into stats.settings (account_id)
  select a.id from chat.accounts a
  where not exists (select from stats.settings s where s.account_id = a.id);

  for v_account in
    select s.account_id, s.time_zone, s.days_until, stats._day(broker.now(), s.time_zone) as today
    from stats.settings s
    where coalesce(s.days_until, '-infinity') < stats._day(broker.now(), s.time_zone)
    order by s.account_id
  loop
    perform stats._sum_days(v_account.account_id, v_account.time_zone, coalesce(v_account.days_until, '-infinity'), v_account.today);
    update stats.settings s set days_until = v_account.today where s.account_id = v_account.account_id;
    v_accounts := v_accounts + 1;
  end loop;
  return v_accounts;
end $$;

comment on function stats.finish_days() is
  'Sums the days that have ended since the last call into stats.days and stats.histograms. Returns for how many accounts. Error: PA040.';
--! EndIncluded stats/finish_days.sql

-- Computing anew
--! Included stats/lock_sums.sql
create or replace function stats.lock_sums() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform stats._lock_sums();
  return null;
end $$;

comment on function stats.lock_sums() is 'Lets nobody sum by settings that are being changed.';
--! EndIncluded stats/lock_sums.sql
--! Included stats/follow_settings.sql
create or replace function stats.follow_settings() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_was constant stats.settings := case when tg_op = 'UPDATE' then old else stats._settings(new.account_id) end;
begin
  if new.time_zone <> v_was.time_zone then
    delete from stats.days d where d.account_id = new.account_id;
    delete from stats.histograms h where h.account_id = new.account_id;
    new.days_until := null;
  end if;
  if (new.reopen_within, new.short_abandon, new.satisfied_from) is distinct from
    (v_was.reopen_within, v_was.short_abandon, v_was.satisfied_from)
  then
    insert into stats.rebuilds (account_id) values (new.account_id);
  end if;
  return new;
end $$;

comment on function stats.follow_settings() is
  'Drops the days that were summed for another time zone, and has dialogs computed anew if they are to be counted otherwise.';
--! EndIncluded stats/follow_settings.sql
--! Included stats/work_off_rebuilds.sql
-- Never through stats.stale: readers would compute all that is left of the request each time.
create or replace function stats.work_off_rebuilds(max_dialogs integer default 2000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_request stats.rebuilds;
  v_dialog_ids bigint[];
  v_reached timestamptz;
  v_facts stats.facts;
begin
  if not exists (select from stats.rebuilds) then
    return 0;
  end if;
  perform stats._lock_sums();
  loop
    select r.* into v_request from stats.rebuilds r order by r.id limit 1;
    if not found then
      return 0;
    end if;
    select max(d.started_at) into v_reached
    from (
      select d.started_at from stats.dialogs d
      where d.account_id = v_request.account_id and d.started_at >= v_request.reached and d.started_at < v_request.until
        and coalesce(d.resolved_at, 'infinity') >= v_request.since
      order by d.started_at
      limit max_dialogs
    ) d;
    exit when v_reached is not null;
    delete from stats.rebuilds r where r.id = v_request.id;
  end loop;

  v_dialog_ids := array(
    select d.dialog_id from stats.dialogs d
    where d.account_id = v_request.account_id and d.started_at >= v_request.reached and d.started_at <= v_reached
      and coalesce(d.resolved_at, 'infinity') >= v_request.since
  );
  v_facts := stats.compute(v_dialog_ids);
  perform stats._apply(v_facts);
  perform stats._replace(v_facts);
  update stats.rebuilds r set reached = v_reached + interval '1 microsecond' where r.id = v_request.id;
  return cardinality(v_dialog_ids);
end $$;

comment on function stats.work_off_rebuilds(integer) is
  'Computes the next dialogs anew that changed settings or calendars count otherwise (stats.rebuilds), and corrects the sums. Returns how '
  'many; 0: nothing is left. Error: PA040.';
--! EndIncluded stats/work_off_rebuilds.sql
--! Included stats/_touching.sql
create or replace function stats._touching(account_id bigint, since timestamptz, until timestamptz) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  return array(
    select d.id
    from chat.conversations c
    cross join lateral (select f.* from chat.dialogs f where f.conversation_id = c.id offset 0) d
    where c.account_id = _touching.account_id and (
      d.created_at < until and (d.status <> 1 or d.updated_at >= since)
      -- What was said before the first dialog, or after a resolution, has the dialog too.
      or exists (
        select from chat.messages m
        where m.conversation_id = c.id and m.dialog_id = d.id and m.created_at >= since and m.created_at < until
      )
      or exists (
        select from chat.mentions m
        where m.conversation_id = c.id and m.dialog_id = d.id and m.mentioned_at >= since and m.mentioned_at < until
      )
    )
    union
    select r.dialog_id from chat.chat_ratings r
    where r.account_id = _touching.account_id and r.put_at >= since and r.put_at < until and r.dialog_id is not null
    union
    select w.dialog_id from chat.chat_wrapups w
    where w.account_id = _touching.account_id and w.submitted_at >= since and w.submitted_at < until and w.dialog_id is not null
    union
    -- What is stored, also of dialogs that are gone.
    select d.dialog_id from stats.dialogs d
    where d.account_id = _touching.account_id and (d.started_at < until and coalesce(d.resolved_at, 'infinity') >= since
      or d.rated_at >= since and d.rated_at < until or d.wrapped_up_at >= since and d.wrapped_up_at < until)
    union
    select t.dialog_id from stats.turns t
    where t.account_id = _touching.account_id and t.replied_at >= since and t.replied_at < until
    union
    select o.dialog_id from stats.ownerships o
    where o.account_id = _touching.account_id and o.began_at < until and coalesce(o.resolved_at, 'infinity') >= since
    union
    select c.dialog_id from stats.message_counts c
    where c.account_id = _touching.account_id and c.slot >= since and c.slot < until
  );
end $$;

comment on function stats._touching(bigint, timestamptz, timestamptz) is 'Dialogs of an account that may have something to count in this time.';
--! EndIncluded stats/_touching.sql
--! Included stats/_months.sql
create or replace function stats._months(account_id bigint, since timestamptz, until timestamptz)
returns table (opens timestamptz, closes timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set enable_seqscan = off
set jit = off
as $$
  select greatest(m.month, since), least(m.month + interval '1 month', until)
  from (
    select date_trunc('month', s.slot) as month from stats.slots s
    where s.account_id = _months.account_id and s.dim = any (enum_range(null::api.dimension)) and s.slot >= since and s.slot < until
    union
    select date_trunc('month', c.slot) from stats.message_counts c
    where c.account_id = _months.account_id and c.slot >= since and c.slot < until
    union
    select date_trunc('month', b.at)
    from stats.dialogs d
    cross join lateral unnest(array[
      d.started_at, d.first_open_at, d.first_assigned_at, d.first_reply_at, d.resolved_at, d.rated_at, d.wrapped_up_at
    ]) b (at)
    where d.account_id = _months.account_id and b.at >= since and b.at < until
    union
    select date_trunc('month', b.at)
    from stats.ownerships o
    cross join lateral unnest(array[o.began_at, o.first_reply_at, o.resolved_at]) b (at)
    where o.account_id = _months.account_id and b.at >= since and b.at < until
    union
    select date_trunc('month', t.replied_at) from stats.turns t
    where t.account_id = _months.account_id and t.replied_at >= since and t.replied_at < until
  ) m
  order by m.month
$$;

comment on function stats._months(bigint, timestamptz, timestamptz) is
  'The months, in UTC, in which something is measured or summed: all facts of an account at once may be too many.';
--! EndIncluded stats/_months.sql
--! Included stats/_sum_slots.sql
create or replace function stats._sum_slots(account_id bigint, since timestamptz, until timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set work_mem = '128MB'
set enable_seqscan = off
set jit = off
as $$
begin
  delete from stats.slots s
  where s.account_id = _sum_slots.account_id and s.dim = any (enum_range(null::api.dimension)) and s.slot >= since and s.slot < until;
  -- In the order of the index, which is three times as fast.
  insert into stats.slots
  select s.* from stats._slots_of(account_id, since, until) s
  order by s.account_id, s.dim, s.slot, s.dim_id, s.metric;
end $$;

comment on function stats._sum_slots(bigint, timestamptz, timestamptz) is 'Sums quarter hours of an account anew, from the stored facts.';
--! EndIncluded stats/_sum_slots.sql
--! Included stats/rebuild.sql
-- Trusts nothing that is stored: a sum that something touches is summed anew, not corrected.
create or replace function stats.rebuild(account_id bigint, since timestamptz, until timestamptz) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_since constant timestamptz := stats._slot(since);
  v_until constant timestamptz := stats._slot(until + interval '14 minutes 59.999999 seconds');
  v_settings stats.settings;
  v_dialog_ids bigint[];
  v_facts stats.facts;
  -- Quarters of an hour outside that facts turn out to have been wrong in.
  v_others timestamptz[] := '{}';
  v_range record;
  v_day date;
  v_next_day date;
begin
  perform stats._lock_sums();
  v_settings := stats._settings(account_id);
  v_day := stats._day(v_since, v_settings.time_zone);
  v_dialog_ids := stats._touching(account_id, v_since, v_until);
  for i in 1 .. cardinality(v_dialog_ids) by 2000 loop
    v_facts := stats.compute(v_dialog_ids[i : i + 1999]);
    if v_since > '-infinity' or v_until < 'infinity' then
      v_others := v_others || array(
        select stats._slot(m.at)
        from stats.measurements(null, '-infinity', 'infinity', v_facts, rolled_up => true) m
        where m.at < v_since or m.at >= v_until
        group by m.metric, m.dialog_id, m.agent_id, m.team_id, m.inbox_id, stats._slot(m.at)
        having sum(m.n) <> 0 or sum(m.total) <> 0 or sum(m.business) <> 0
      );
    end if;
    perform stats._replace(v_facts);
  end loop;

  for v_range in select m.opens, m.closes from stats._months(rebuild.account_id, v_since, v_until) m loop
    perform stats._sum_slots(account_id, v_range.opens, v_range.closes);
    v_next_day := least(stats._day(v_range.closes, v_settings.time_zone), v_settings.days_until);
    if v_day < v_next_day and v_settings.days_until is not null then
      perform stats._sum_days(account_id, v_settings.time_zone, v_day, v_next_day);
      v_day := v_next_day;
    end if;
  end loop;
  v_next_day := least(stats._day(v_until, v_settings.time_zone) + 1, v_settings.days_until);
  if v_day < v_next_day and v_settings.days_until is not null then
    perform stats._sum_days(account_id, v_settings.time_zone, v_day, v_next_day);
  end if;

  for v_range in
    select distinct o.slot, stats._day(o.slot, v_settings.time_zone) as day from unnest(v_others) o (slot)
  loop
    perform stats._sum_slots(account_id, v_range.slot, v_range.slot + interval '15 minutes');
    if v_range.day < v_settings.days_until then
      perform stats._sum_days(account_id, v_settings.time_zone, v_range.day, v_range.day + 1);
    end if;
  end loop;
  return cardinality(v_dialog_ids);
end $$;

comment on function stats.rebuild(bigint, timestamptz, timestamptz) is
  'Computes the facts of all dialogs of an account that touch this time anew, and the sums of this time, whatever they were. Returns '
  'how many dialogs it took. Readers see all of it or none; until then nothing else is summed. Error: PA040.';
--! EndIncluded stats/rebuild.sql

-- Comparing
--! Included stats/_facts_that_differ.sql
create or replace function stats._facts_that_differ(account_id bigint, dialog_ids bigint[])
returns setof stats.difference
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_facts constant stats.facts := stats.compute(dialog_ids);
begin
  return query
  select 'dialogs', _facts_that_differ.account_id, jsonb_build_object('dialog_id', coalesce(s.dialog_id, c.dialog_id)), to_jsonb(s), to_jsonb(c)
  from (select f.* from stats.dialogs f where f.dialog_id = any (dialog_ids)) s
  full join unnest(v_facts.dialogs) c on c.dialog_id = s.dialog_id
  where s is distinct from c
  union all
  select 'turns', _facts_that_differ.account_id, jsonb_build_object('dialog_id', coalesce(s.dialog_id, c.dialog_id), 'n', coalesce(s.n, c.n)),
    to_jsonb(s), to_jsonb(c)
  from (select f.* from stats.turns f where f.dialog_id = any (dialog_ids)) s
  full join unnest(v_facts.turns) c on c.dialog_id = s.dialog_id and c.n = s.n
  where s is distinct from c
  union all
  select 'ownerships', _facts_that_differ.account_id, jsonb_build_object('dialog_id', coalesce(s.dialog_id, c.dialog_id), 'n', coalesce(s.n, c.n)),
    to_jsonb(s), to_jsonb(c)
  from (select f.* from stats.ownerships f where f.dialog_id = any (dialog_ids)) s
  full join unnest(v_facts.ownerships) c on c.dialog_id = s.dialog_id and c.n = s.n
  where s is distinct from c
  union all
  select 'message_counts', _facts_that_differ.account_id,
    jsonb_build_object('dialog_id', coalesce(s.dialog_id, c.dialog_id), 'slot', coalesce(s.slot, c.slot),
      'metric', coalesce(s.metric, c.metric), 'agent_id', coalesce(s.agent_id, c.agent_id)),
    to_jsonb(s), to_jsonb(c)
  from (select f.* from stats.message_counts f where f.dialog_id = any (dialog_ids)) s
  full join unnest(v_facts.message_counts) c
    on c.dialog_id = s.dialog_id and c.slot = s.slot and c.metric = s.metric and c.agent_id = s.agent_id
  where s is distinct from c;
end $$;

comment on function stats._facts_that_differ(bigint, bigint[]) is 'Where the stored facts of dialogs are not what their rows say.';
--! EndIncluded stats/_facts_that_differ.sql
--! Included stats/_slots_that_differ.sql
create or replace function stats._slots_that_differ(account_id bigint, since timestamptz, until timestamptz)
returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'slots', _slots_that_differ.account_id,
    jsonb_build_object('dim', dim, 'slot', slot, 'dim_id', dim_id, 'metric', metric),
    jsonb_build_object('n', s.n, 'total', s.total, 'business', s.business),
    jsonb_build_object('n', c.n, 'total', c.total, 'business', c.business)
  from (
    select f.* from stats.slots f
    where f.account_id = _slots_that_differ.account_id and f.dim = any (enum_range(null::api.dimension)) and f.slot >= since and f.slot < until
  ) s
  full join stats._slots_of(_slots_that_differ.account_id, since, until) c using (dim, slot, dim_id, metric)
  where (s.n, s.total, s.business) is distinct from (c.n, c.total, c.business)
$$;

comment on function stats._slots_that_differ(bigint, timestamptz, timestamptz) is
  'Where the sums of quarter hours are not what the stored facts say.';
--! EndIncluded stats/_slots_that_differ.sql
--! Included stats/_days_that_differ.sql
create or replace function stats._days_that_differ(account_id bigint, time_zone text, since date, until date)
returns setof stats.difference
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select 'days', _days_that_differ.account_id,
    jsonb_build_object('dim', dim, 'day', day, 'dim_id', dim_id, 'metric', metric),
    jsonb_build_object('n', s.n, 'total', s.total, 'business', s.business),
    jsonb_build_object('n', c.n, 'total', c.total, 'business', c.business)
  from (
    select f.* from stats.days f
    where f.account_id = _days_that_differ.account_id and f.dim = any (enum_range(null::api.dimension)) and f.day >= since and f.day < until
  ) s
  full join (
    select f.dim, stats._day(f.slot, time_zone) as day, f.dim_id, f.metric, sum(f.n) as n, sum(f.total) as total, sum(f.business) as business
    from stats.slots f
    where f.account_id = _days_that_differ.account_id and f.dim = any (enum_range(null::api.dimension))
      and f.slot >= stats._first_slot(since, time_zone) and f.slot < stats._first_slot(until, time_zone)
    group by f.dim, stats._day(f.slot, time_zone), f.dim_id, f.metric
    having sum(f.n) <> 0 or sum(f.total) <> 0 or sum(f.business) <> 0
  ) c using (dim, day, dim_id, metric)
  where (s.n, s.total, s.business) is distinct from (c.n, c.total, c.business)
  union all
  select 'histograms', _days_that_differ.account_id,
    jsonb_build_object('dim', dim, 'metric', metric, 'day', day, 'dim_id', dim_id, 'bucket', bucket),
    jsonb_build_object('n', s.n), jsonb_build_object('n', c.n)
  from (
    select f.* from stats.histograms f
    where f.account_id = _days_that_differ.account_id and f.dim = any (enum_range(null::api.dimension)) and f.day >= since and f.day < until
  ) s
  full join stats._histograms_of(_days_that_differ.account_id, time_zone, stats._first_slot(since, time_zone),
    stats._first_slot(until, time_zone)) c using (dim, metric, day, dim_id, bucket)
  where s.n is distinct from c.n
$$;

comment on function stats._days_that_differ(bigint, text, date, date) is
  'Where the sums of finished days are not what their quarter hours say, or their histograms not what the stored facts say.';
--! EndIncluded stats/_days_that_differ.sql
--! Included stats/verify.sql
-- One snapshot: writers and the flush may go on. What is stale differs from its rows and is left out, but the sums hold what the stored
-- facts say at any moment. Accounts whose dialogs are about to be computed anew (stats.rebuilds) agree with their sums, too.
create or replace function stats.verify(account_id bigint default null)
returns setof stats.difference
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id bigint;
  v_settings stats.settings;
  v_dialog_ids bigint[];
  v_range record;
  v_day date;
  v_next_day date;
begin
  for v_account_id in
    select a.id from chat.accounts a where a.id = coalesce(verify.account_id, a.id) order by a.id
  loop
    v_settings := stats._settings(v_account_id);
    if not exists (select from stats.rebuilds r where r.account_id = v_account_id) then
      v_dialog_ids := array(
        select d.id from unnest(stats._touching(v_account_id, '-infinity', 'infinity')) d (id)
        except
        select unnest(stats._with_neighbours(stats._stale_dialogs(v_account_id)))
      );
      for i in 1 .. cardinality(v_dialog_ids) by 2000 loop
        return query select d.* from stats._facts_that_differ(v_account_id, v_dialog_ids[i : i + 1999]) d;
      end loop;
    end if;
    v_day := '-infinity';
    for v_range in select m.opens, m.closes from stats._months(v_account_id, '-infinity', 'infinity') m loop
      return query select d.* from stats._slots_that_differ(v_account_id, v_range.opens, v_range.closes) d;
      v_next_day := least(stats._day(v_range.closes, v_settings.time_zone), v_settings.days_until);
      if v_day < v_next_day and v_settings.days_until is not null then
        return query select d.* from stats._days_that_differ(v_account_id, v_settings.time_zone, v_day, v_next_day) d;
        v_day := v_next_day;
      end if;
    end loop;
    if v_day < v_settings.days_until then
      return query select d.* from stats._days_that_differ(v_account_id, v_settings.time_zone, v_day, v_settings.days_until) d;
    end if;
  end loop;
end $$;

comment on function stats.verify(bigint) is
  'Compares stored facts with the rows behind them, and sums with the facts, of one account or all: differences, of which there must be '
  'none. Reads everything.';
--! EndIncluded stats/verify.sql
--! Included stats/record_verification.sql
create or replace function stats.record_verification() returns stats.verifications
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_began_at constant timestamptz := clock_timestamp();
  v_verification stats.verifications;
begin
  select count(*), (array_agg(to_jsonb(d)))[1] into v_verification.differences, v_verification.example from stats.verify() d;
  insert into stats.verifications (took, dialogs, differences, example)
  select clock_timestamp() - v_began_at, count(*), v_verification.differences, v_verification.example
  from stats.dialogs
  returning * into v_verification;
  delete from stats.verifications v where v.verified_at < broker.now() - interval '90 days';
  return v_verification;
end $$;

comment on function stats.record_verification() is 'Runs stats.verify() and stores what it found, for 90 days, in stats.verifications.';
--! EndIncluded stats/record_verification.sql
--! Included stats/state.sql
create or replace function stats.state(out pending bigint, out rebuilds bigint, out verified_at timestamptz, out differences bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (select count(*) from stats.stale s where s.id >= (select h.id from stats.horizon h)) + (select count(*) from stats.submitted),
    (select count(*) from stats.rebuilds), v.verified_at, v.differences
  from (select) one
  left join lateral (select l.verified_at, l.differences from stats.verifications l order by l.id desc limit 1) v on true
$$;

comment on function stats.state() is
  'For operators: changes that are not summed yet, requests to compute anew, and what the last nightly comparison found; null: none yet.';
--! EndIncluded stats/state.sql

-- What agents did at once
--! Included stats/presences.sql
create or replace function stats.presences(account_id bigint, since timestamptz, until timestamptz, agent_ids bigint[] default null)
returns table (agent_id bigint, status integer, is_available boolean, began_at timestamptz, ended_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
  v_available constant integer[] := (stats._settings(account_id)).available_statuses;
begin
  return query
  select u.id, p.status, p.status = any (v_available), p.changed_at, p.ended_at
  from chat.users u
  -- When the presence that the window begins with began, and the one that it ends with ended. In the order of the index alone,
  -- so that no plan sorts all that came before.
  cross join lateral (
    select
      (
        select s.changed_at from chat.agent_status_changes s
        where s.account_id = v_account_id and s.agent_id = u.id and s.changed_at <= since
        order by s.changed_at desc
        limit 1
      ) as first_at,
      (
        select s.changed_at from chat.agent_status_changes s
        where s.account_id = v_account_id and s.agent_id = u.id and s.changed_at >= until
        order by s.changed_at
        limit 1
      ) as last_at
  ) e
  cross join lateral (
    select s.status, s.changed_at, lead(s.changed_at) over (order by s.changed_at, s.event_id) as ended_at
    from chat.agent_status_changes s
    where s.account_id = v_account_id and s.agent_id = u.id
      and s.changed_at >= coalesce(e.first_at, since) and s.changed_at <= coalesce(e.last_at, until)
  ) p
  where u.account_id = v_account_id and (agent_ids is null or u.id = any (agent_ids))
    and p.changed_at < until and p.ended_at is distinct from p.changed_at;
end $$;

comment on function stats.presences(bigint, timestamptz, timestamptz, bigint[]) is
  'Agents'' presence that overlaps [since, until), from one change of status to the next; ended_at null: it lasts. Of changes at the '
  'same moment the last one counts.';
--! EndIncluded stats/presences.sql
--! Included stats/_handled.sql
create or replace function stats._handled(
  account_id bigint, since timestamptz, until timestamptz, agent_ids bigint[], team_ids bigint[], inbox_ids bigint[]
) returns table (agent_id bigint, dialog_id bigint, began_at timestamptz, ended_at timestamptz)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
  v_window constant tstzrange := tstzrange(since, until);
  v_pending stats.facts;
begin
  select * into v_pending from stats.pending(account_id);
  return query
  select h.agent_id, h.dialog_id, greatest(lower(h.span), since), least(upper(h.span), until)
  from (
    select o.agent_id, o.dialog_id, unnest(o.handled) as span
    from (
      select s.agent_id, s.dialog_id, s.team_id, s.inbox_id, s.handled
      from (
        select f.* from stats.ownerships f
        where f.account_id = v_account_id and f.began_at >= since - interval '24 hours' and f.began_at < until
        union all
        select f.* from stats.ownerships f
        where f.account_id = v_account_id and f.began_at >= since - interval '240 hours' and f.began_at < since - interval '24 hours'
          and f.ended_at - f.began_at > interval '24 hours' and f.ended_at - f.began_at <= interval '240 hours'
        union all
        select f.* from stats.ownerships f
        where f.account_id = v_account_id and f.began_at >= since - interval '2400 hours' and f.began_at < since - interval '24 hours'
          and f.ended_at - f.began_at > interval '240 hours' and f.ended_at - f.began_at <= interval '2400 hours'
        union all
        select f.* from stats.ownerships f
        where f.account_id = v_account_id and f.began_at < since - interval '24 hours' and f.ended_at - f.began_at > interval '2400 hours'
        union all
        select f.* from stats.ownerships f
        where f.account_id = v_account_id and f.began_at < since - interval '24 hours' and f.ended_at is null
      ) s
      where s.dialog_id not in (select unnest(v_pending.stale))
      union all
      select c.agent_id, c.dialog_id, c.team_id, c.inbox_id, c.handled from unnest(v_pending.ownerships) c
    ) o
    where (agent_ids is null or o.agent_id = any (agent_ids))
      and (team_ids is null or coalesce(o.team_id, 0) = any (team_ids))
      and (inbox_ids is null or o.inbox_id = any (inbox_ids))
  ) h
  where h.span && v_window;
end $$;

comment on function stats._handled(bigint, timestamptz, timestamptz, bigint[], bigint[], bigint[]) is
  'When agents handled dialogs (had them while they were open), cut to [since, until), as of the last commit. 0 among team_ids: no team.';
--! EndIncluded stats/_handled.sql

--! Included stats/triggers.sql
-- What statistics count has changed: that is noted, nothing else. Statements insert and delete, so that a batch costs one insert.
-- Updates are looked at row by row: nearly all of them change nothing that is counted, and a condition that says so costs nothing.
create or replace trigger _400_mark_inserted after insert on chat.messages
  referencing new table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_inserted on chat.messages is 'Messages are counted.';
create or replace trigger _400_mark_deleted after delete on chat.messages
  referencing old table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_deleted on chat.messages is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_updated after update on chat.messages
  for each row when (
    old.dialog_id is distinct from new.dialog_id or old.created_at <> new.created_at or old.message_type <> new.message_type
    or old.private <> new.private or old.sender_type is distinct from new.sender_type or old.sender_id is distinct from new.sender_id
    or old.additional_attributes <> new.additional_attributes or old.content_attributes <> new.content_attributes
  )
  execute function stats.mark_row();
comment on trigger _400_mark_updated on chat.messages is 'That a message was read or rewritten does not count.';

create or replace trigger _400_mark_inserted after insert on chat.events
  referencing new table as changed
  for each statement execute function stats.mark_happened();
comment on trigger _400_mark_inserted on chat.events is 'Every dialog has events from its start on: none is inserted unnoticed.';
create or replace trigger _400_mark_deleted after delete on chat.events
  referencing old table as changed
  for each statement execute function stats.mark_happened();
comment on trigger _400_mark_deleted on chat.events is 'A chat that is stored again has other events.';
create or replace trigger _400_mark_updated after update on chat.events
  for each row when (
    old.dialog_id is distinct from new.dialog_id or old.created_at <> new.created_at or old.name <> new.name
    or old.user_id is distinct from new.user_id
  )
  execute function stats.mark_row();
comment on trigger _400_mark_updated on chat.events is 'When a conversation gets an older past, its events may change dialogs.';

-- A change of status or assignee is an event.
create or replace trigger _400_mark_updated after update on chat.dialogs
  for each row when (
    (old.team_id is distinct from new.team_id or old.inbox_id <> new.inbox_id or old.contact_id is distinct from new.contact_id)
    and old.status = new.status and old.assignee_id is not distinct from new.assignee_id
  )
  execute function stats.mark_dialog();
comment on trigger _400_mark_updated on chat.dialogs is 'Team, inbox or contact changed, and nothing else, which events would tell.';
create or replace trigger _400_mark_deleted after delete on chat.dialogs
  for each row execute function stats.mark_dialog();
comment on trigger _400_mark_deleted on chat.dialogs is 'What is forgotten no longer counts.';

create or replace trigger _400_mark_inserted after insert on chat.mentions
  referencing new table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_inserted on chat.mentions is 'Mentions are counted.';
create or replace trigger _400_mark_deleted after delete on chat.mentions
  referencing old table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_deleted on chat.mentions is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_updated after update on chat.mentions
  for each row when (
    old.dialog_id is distinct from new.dialog_id or old.mentioned_at <> new.mentioned_at or old.user_id <> new.user_id
  )
  execute function stats.mark_row();
comment on trigger _400_mark_updated on chat.mentions is 'Chatwoot moves mentioned_at when somebody is mentioned again.';

-- What is submitted about a chat may come before the chat, its number after both.
create or replace trigger _400_mark after insert or update or delete on chat.ratings
  for each row execute function stats.mark_submitted();
comment on trigger _400_mark on chat.ratings is 'The chat that it is, and was, about.';
create or replace trigger _400_mark after insert or update or delete on chat.wrapups
  for each row execute function stats.mark_submitted();
comment on trigger _400_mark on chat.wrapups is 'The chat that it is, and was, about.';
create or replace trigger _400_mark after insert or update or delete on chat.chat_numbers
  for each row execute function stats.mark_submitted();
comment on trigger _400_mark on chat.chat_numbers is 'What was submitted for a number is about the chat that has it.';
create or replace trigger _400_mark after update on chat.accounts
  for each row when (old.puts_chat_events <> new.puts_chat_events) execute function stats.mark_puts();
comment on trigger _400_mark on chat.accounts is 'Chats of accounts that put events are numbered as their dialogs are.';

create or replace trigger _400_mark_truncated after truncate on chat.dialogs
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.dialogs is 'Without dialogs there is nothing to count.';
create or replace trigger _400_mark_truncated after truncate on chat.messages
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.messages is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.events
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.events is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.mentions
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.mentions is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.ratings
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.ratings is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.wrapups
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.wrapups is 'All dialogs are counted anew.';

-- How it is counted
create or replace trigger _100_lock_sums before insert or update on stats.settings
  for each statement execute function stats.lock_sums();
comment on trigger _100_lock_sums on stats.settings is 'Before any row is locked: who sums locks in that order, too.';
create or replace trigger _200_follow before insert or update on stats.settings
  for each row execute function stats.follow_settings();
comment on trigger _200_follow on stats.settings is 'What has been summed by other settings is summed anew.';
--! EndIncluded stats/triggers.sql

-- What reports read
--! Included stats/_reading.sql
create or replace function stats._reading(
  by api.dimension,
  unit api.unit,
  since timestamptz,
  until timestamptz,
  time_zone text,
  agent_ids bigint[],
  team_ids bigint[],
  inbox_ids bigint[]
) returns table (
  account_id bigint,
  dim api.dimension,
  ids bigint[],
  opens timestamptz,
  closes timestamptz,
  -- The end of the quarter that lasts.
  next_slot timestamptz,
  zone text,
  starts timestamptz[],
  ends timestamptz[],
  -- Finished days, by the period that they lie in.
  day_starts timestamptz[],
  day_ends timestamptz[],
  first_days date[],
  end_days date[],
  -- Quarters of an hour, by the period that they lie in.
  slot_starts timestamptz[],
  slot_ends timestamptz[],
  first_slots timestamptz[],
  end_slots timestamptz[]
)
language plpgsql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  c_quarter constant interval := '15 minutes';
  c_most_periods constant integer := 5000;
  v_own_zone text;
  v_days_until date;
  v_length interval;
  v_filters api.dimension[];
begin
  account_id := stats.current_account();
  if account_id is null then
    return;
  end if;
  select s.time_zone, s.days_until into v_own_zone, v_days_until from stats.settings s where s.account_id = _reading.account_id;
  v_own_zone := coalesce(v_own_zone, 'UTC');
  zone := coalesce(time_zone, v_own_zone);
  if zone <> v_own_zone then
    perform stats.check_zone(zone);
  end if;

  next_slot := stats._slot(broker.now()) + c_quarter;
  closes := coalesce(until, next_slot);
  opens := coalesce(since, (date_trunc('day', (closes - c_quarter) at time zone zone) - interval '29 days') at time zone zone);
  perform stats.check_window(opens, closes);
  v_length := case unit when 'hour' then interval '1 hour' when 'day' then interval '1 day' end;
  if closes - opens > c_most_periods * v_length then
    raise exception using
      errcode = 'PA053',
      message = format('from %s until %s are more than %s %ss', opens, closes, c_most_periods, unit),
      hint = 'Ask for less at a time, or for a longer unit.';
  end if;

  v_filters := array_remove(array[
    case when agent_ids is not null then 'agent' end,
    case when team_ids is not null then 'team' end,
    case when inbox_ids is not null then 'inbox' end
  ]::api.dimension[], null);
  dim := case
    when v_filters <@ array[by] then by
    when by = 'account' and cardinality(v_filters) = 1 then v_filters[1]
  end;
  ids := coalesce(agent_ids, team_ids, inbox_ids);

  if unit is null then
    starts := array[opens];
    ends := array[closes];
  else
    if unit = 'hour' then
      -- Also where clocks are set by half an hour.
      starts := array(
        select min(q.at) from generate_series(opens, closes - c_quarter, c_quarter) q (at)
        group by date_trunc('hour', q.at, zone) order by 1
      );
    else
      starts := array(
        select distinct greatest(opens, local.midnight at time zone zone) as start
        from generate_series(
          date_trunc(unit::text, stats._day(opens, zone)::timestamp), closes at time zone zone, ('1 ' || unit)::interval
        ) local (midnight)
        where local.midnight at time zone zone < closes
        order by start
      );
    end if;
    ends := starts[2:] || closes;
  end if;

  if dim is null then
    return next;
    return;
  elsif v_days_until is null then
    slot_starts := starts;
    slot_ends := ends;
    first_slots := starts;
    end_slots := ends;
    return next;
    return;
  end if;

  with periods as (
    select p.starts_at, p.ends_at, d.first_day, d.end_day, d.first_day < d.end_day as has_days
    from unnest(starts, ends) p (starts_at, ends_at)
    cross join lateral (
      select stats._day(p.starts_at - interval '1 microsecond', v_own_zone) + 1 as first_day,
        least(stats._day(p.ends_at, v_own_zone), v_days_until) as end_day
    ) d
  ),
  pieces as (
    select p.starts_at, p.ends_at, q.first_slot, q.end_slot
    from periods p
    cross join lateral (
      select p.starts_at, case when p.has_days then p.first_day::timestamp at time zone v_own_zone else p.ends_at end
      union all
      select p.end_day::timestamp at time zone v_own_zone, p.ends_at where p.has_days
    ) q (first_slot, end_slot)
    where q.first_slot < q.end_slot
  )
  select d.*, s.*
  into day_starts, day_ends, first_days, end_days, slot_starts, slot_ends, first_slots, end_slots
  from (
    select array_agg(p.starts_at), array_agg(p.ends_at), array_agg(p.first_day), array_agg(p.end_day)
    from periods p where p.has_days
  ) d,
  (select array_agg(p.starts_at), array_agg(p.ends_at), array_agg(p.first_slot), array_agg(p.end_slot) from pieces p) s;
  return next;
end $$;

comment on function stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'What a report has to read: no row without an account. dim: whose sums; null: none answers this combination of filters, so '
  'facts are to be measured. Whole finished days of the account come from stats.days, whatever zone is asked for; the rest from '
  'stats.slots. Errors: PA050 to PA053.';
--! EndIncluded stats/_reading.sql
--! Included stats/_sums.sql
-- Security definer, past the policies: with them, conditions on enums could not be looked up in an index.
create or replace function stats._sums(
  by api.dimension,
  unit api.unit,
  since timestamptz,
  until timestamptz,
  time_zone text,
  agent_ids bigint[],
  team_ids bigint[],
  inbox_ids bigint[]
) returns table (
  period_start timestamptz,
  period_end timestamptz,
  id bigint,
  metric api.metric,
  n bigint,
  total bigint,
  business bigint
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_sort = off
set jit = off
set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
  v_reading record;
  v_changes stats.facts;
begin
  select r.* into v_reading from stats._reading(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;

  if v_reading.day_starts is not null then
    return query
    select p.period_start, p.period_end, s.*
    from unnest(v_reading.day_starts, v_reading.day_ends, v_reading.first_days, v_reading.end_days)
      p (period_start, period_end, first_day, end_day)
    cross join lateral (
      select case when by <> 'account' then f.dim_id else 0 end, f.metric, stats.sum(f.n), stats.sum(f.total), stats.sum(f.business)
      from stats.days f
      where f.account_id = v_reading.account_id and f.dim = v_reading.dim and f.day >= p.first_day and f.day < p.end_day
        and (v_reading.ids is null or f.dim_id = any (v_reading.ids))
      group by case when by <> 'account' then f.dim_id else 0 end, f.metric
    ) s;
  end if;
  if v_reading.slot_starts is not null then
    return query
    select p.period_start, p.period_end, s.*
    from unnest(v_reading.slot_starts, v_reading.slot_ends, v_reading.first_slots, v_reading.end_slots)
      p (period_start, period_end, first_slot, end_slot)
    cross join lateral (
      select case when by <> 'account' then f.dim_id else 0 end, f.metric, stats.sum(f.n), stats.sum(f.total), stats.sum(f.business)
      from stats.slots f
      where f.account_id = v_reading.account_id and f.dim = v_reading.dim and f.slot >= p.first_slot and f.slot < p.end_slot
        and (v_reading.ids is null or f.dim_id = any (v_reading.ids))
      group by case when by <> 'account' then f.dim_id else 0 end, f.metric
    ) s;
  end if;

  -- What is not summed yet; without sums for these filters, all of it.
  select p.* into v_changes from stats.pending(v_reading.account_id) p;
  if v_reading.dim is null or v_changes.stale is not null then
    return query
    select v_reading.starts[p.nr], v_reading.ends[p.nr], p.id, m.metric,
      stats.sum(m.n), stats.sum(m.total), stats.sum(m.business)
    from stats.measurements(
      v_reading.account_id, v_reading.opens, v_reading.closes, v_changes, v_reading.dim is not null, null,
      agent_ids, team_ids, inbox_ids
    ) m
    cross join lateral (
      select width_bucket(m.at, v_reading.starts) as nr,
        case by when 'agent' then m.agent_id when 'team' then m.team_id when 'inbox' then m.inbox_id else 0 end as id
    ) p
    group by p.nr, p.id, m.metric;
  end if;

  -- The account's periods in which nothing happened.
  if by = 'account' then
    return query
    select p.period_start, p.period_end, 0::bigint, null::api.metric, 0::bigint, 0::bigint, 0::bigint
    from unnest(v_reading.starts, v_reading.ends) p (period_start, period_end);
  end if;
end $$;

comment on function stats._sums(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'Sums of each metric by period and id (0: none, or by account), several rows for each that are to be added up: of finished days, of '
  'the quarters around them, and of what has changed since. Exact by the commit. Of the account each period has a row without metric. '
  'Errors: PA050 to PA053.';
--! EndIncluded stats/_sums.sql
--! Included stats/_names.sql
-- Inlined, hence no set search_path.
create or replace function stats._names(by api.dimension) returns table (id bigint, name text)
language sql stable
begin atomic
  select u.id, u.name from chat.users u where by = 'agent' and u.account_id = (select stats.current_account())
  union all
  select t.id, t.name from chat.teams t where by = 'team' and t.account_id = (select stats.current_account())
  union all
  select i.id, i.name from chat.inboxes i where by = 'inbox' and i.account_id = (select stats.current_account());
end;

comment on function stats._names(api.dimension) is 'Names of the account''s agents, teams or inboxes, of deleted ones as well.';
--! EndIncluded stats/_names.sql
--! Included stats/_is_asked_for.sql
-- No set search_path, so that it is inlined.
create or replace function stats._is_asked_for(
  agent_id bigint, team_id bigint, inbox_id bigint, agent_ids bigint[], team_ids bigint[], inbox_ids bigint[]
) returns boolean
language sql immutable parallel safe
return (agent_ids is null or coalesce(agent_id, 0) = any (agent_ids))
  and (team_ids is null or coalesce(team_id, 0) = any (team_ids))
  and (inbox_ids is null or inbox_id = any (inbox_ids));

comment on function stats._is_asked_for(bigint, bigint, bigint, bigint[], bigint[], bigint[]) is
  'Whether filters let through what belongs to this agent, team and inbox. A filter that is null lets everything through; 0 in it means none.';
--! EndIncluded stats/_is_asked_for.sql
--! Included stats/_times.sql
-- Security definer, as stats._sums.
create or replace function stats._times(
  metric api.metric,
  by api.dimension,
  unit api.unit,
  since timestamptz,
  until timestamptz,
  time_zone text,
  agent_ids bigint[],
  team_ids bigint[],
  inbox_ids bigint[],
  business boolean
) returns table (
  period_start timestamptz,
  period_end timestamptz,
  id bigint,
  ms bigint,
  n bigint,
  exact boolean
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  c_exact_for constant interval := '92 days';
  c_with_business constant api.metric[] := '{queue_wait,first_response,first_response_human,reply_time,resolution}';
  v_metric constant api.metric := metric;
  v_business constant boolean := business;
  v_reading record;
  v_changes stats.facts;
begin
  if stats._has_times(v_metric) is not true or v_business and v_metric <> all (c_with_business) then
    raise exception using
      errcode = 'PA056',
      message = format('%s has no times%s', coalesce(v_metric::text, 'null'), case when v_business then ' within business hours' end),
      hint = 'These have: ' || (
        select string_agg(m::text, ', ') from unnest(enum_range(null::api.metric)) m
        where case when v_business then m = any (c_with_business) else stats._has_times(m) end
      ) || '.';
  end if;
  select r.* into v_reading from stats._reading(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  select p.* into v_changes from stats.pending(v_reading.account_id) p;

  if by = 'account' then
    return query
    select p.period_start, p.period_end, 0::bigint, null::bigint, 0::bigint, true
    from unnest(v_reading.starts, v_reading.ends) p (period_start, period_end);
  end if;

  if v_business or v_reading.day_starts is null or v_reading.closes - v_reading.opens <= c_exact_for
    or unit = 'hour' or unit is not null and v_reading.zone <> (stats._settings(v_reading.account_id)).time_zone
  then
    return query
    select v_reading.starts[p.nr], v_reading.ends[p.nr],
      case by when 'agent' then m.agent_id when 'team' then m.team_id when 'inbox' then m.inbox_id else 0 end,
      case when v_business then m.business else m.total end, m.n, true
    from stats.measurements(
      v_reading.account_id, v_reading.opens, v_reading.closes, v_changes, false, array[v_metric], agent_ids, team_ids, inbox_ids
    ) m
    cross join lateral (select width_bucket(m.at, v_reading.starts) as nr) p;
    return;
  end if;

  return query
  select b.period_start, b.period_end, case when by <> 'account' then b.id else 0 end,
    -- Where no time of the bucket is further away than 1 / 21.
    round(1.1::double precision ^ b.bucket * 22 / 21)::bigint, sum(b.n)::bigint, false
  from (
    select p.period_start, p.period_end, h.dim_id as id, h.bucket, h.n
    from unnest(v_reading.day_starts, v_reading.day_ends, v_reading.first_days, v_reading.end_days)
      p (period_start, period_end, first_day, end_day)
    cross join lateral (
      select f.dim_id, f.bucket, f.n from stats.histograms f
      where f.account_id = v_reading.account_id and f.dim = v_reading.dim and f.metric = v_metric
        and f.day >= p.first_day and f.day < p.end_day and (v_reading.ids is null or f.dim_id = any (v_reading.ids))
    ) h
    union all
    select m.period_start, m.period_end,
      case v_reading.dim when 'agent' then m.agent_id when 'team' then m.team_id when 'inbox' then m.inbox_id else 0 end,
      stats._bucket(m.total * m.n), m.n
    from (
      select p.period_start, p.period_end, m.*
      from unnest(v_reading.slot_starts, v_reading.slot_ends, v_reading.first_slots, v_reading.end_slots)
        p (period_start, period_end, first_slot, end_slot)
      cross join lateral stats.measurements(
        v_reading.account_id, p.first_slot, p.end_slot, null, false, array[v_metric], agent_ids, team_ids, inbox_ids
      ) m
      union all
      select v_reading.starts[p.nr], v_reading.ends[p.nr], m.*
      from stats.measurements(
        v_reading.account_id, v_reading.opens, v_reading.closes, v_changes, true, array[v_metric], agent_ids, team_ids, inbox_ids
      ) m
      cross join lateral (select width_bucket(m.at, v_reading.starts) as nr) p
      where v_changes.stale is not null
    ) m
  ) b
  group by b.period_start, b.period_end, case when by <> 'account' then b.id else 0 end, b.bucket
  having sum(b.n) > 0;
end $$;

comment on function stats._times(
  api.metric, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean
) is
  'The times that a metric measured, and how often each: exact for 92 days, for periods of another time zone than the account''s, for '
  'combined filters and within business hours; else the middle of the buckets that they fell into. Of the account, each period has a row '
  'without time. Errors: PA050 to PA056.';
--! EndIncluded stats/_times.sql

--! Included stats/policies.sql
-- Analysts read the statistics of their account; operators those of every account. The owner, whose rights functions that are
-- security definer have, passes by.

alter table stats.settings enable row level security;
drop policy if exists analysts on stats.settings;
create policy analysts on stats.settings for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.settings;
create policy operators on stats.settings to parley_operator using (true);

alter table stats.dialogs enable row level security;
drop policy if exists analysts on stats.dialogs;
create policy analysts on stats.dialogs for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.dialogs;
create policy operators on stats.dialogs to parley_operator using (true);

alter table stats.turns enable row level security;
drop policy if exists analysts on stats.turns;
create policy analysts on stats.turns for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.turns;
create policy operators on stats.turns to parley_operator using (true);

alter table stats.ownerships enable row level security;
drop policy if exists analysts on stats.ownerships;
create policy analysts on stats.ownerships for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.ownerships;
create policy operators on stats.ownerships to parley_operator using (true);

alter table stats.message_counts enable row level security;
drop policy if exists analysts on stats.message_counts;
create policy analysts on stats.message_counts for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.message_counts;
create policy operators on stats.message_counts to parley_operator using (true);

alter table stats.slots enable row level security;
drop policy if exists analysts on stats.slots;
create policy analysts on stats.slots for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.slots;
create policy operators on stats.slots to parley_operator using (true);

alter table stats.days enable row level security;
drop policy if exists analysts on stats.days;
create policy analysts on stats.days for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.days;
create policy operators on stats.days to parley_operator using (true);

alter table stats.histograms enable row level security;
drop policy if exists analysts on stats.histograms;
create policy analysts on stats.histograms for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.histograms;
create policy operators on stats.histograms to parley_operator using (true);

-- Business hours

alter table stats.calendars enable row level security;
drop policy if exists analysts on stats.calendars;
create policy analysts on stats.calendars for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.calendars;
create policy operators on stats.calendars to parley_operator using (true);

alter table stats.calendar_hours enable row level security;
drop policy if exists analysts on stats.calendar_hours;
create policy analysts on stats.calendar_hours for select to parley_analyst
  using (calendar_id in (select c.id from stats.calendars c where c.account_id = (select stats.current_account())));
drop policy if exists operators on stats.calendar_hours;
create policy operators on stats.calendar_hours to parley_operator using (true);

alter table stats.calendar_holidays enable row level security;
drop policy if exists analysts on stats.calendar_holidays;
create policy analysts on stats.calendar_holidays for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.calendar_holidays;
create policy operators on stats.calendar_holidays to parley_operator using (true);

alter table stats.open_spans enable row level security;
drop policy if exists analysts on stats.open_spans;
create policy analysts on stats.open_spans for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.open_spans;
create policy operators on stats.open_spans to parley_operator using (true);
--! EndIncluded stats/policies.sql
--! Included stats/grants.sql
revoke all on all functions in schema stats from public;
grant usage on schema stats to parley_analyst, parley_operator, parley_worker;
grant execute on function
  stats.current_account(),
  stats.pending(bigint),
  stats.measurements(bigint, timestamptz, timestamptz, stats.facts, boolean, api.metric[], bigint[], bigint[], bigint[])
to parley_analyst, parley_producer, parley_operator;
grant execute on function
  stats.flush(integer), stats.finish_days(), stats.work_off_rebuilds(integer), stats.record_verification(), stats.state()
to parley_worker;
grant execute on function
  stats.rebuild(bigint, timestamptz, timestamptz), stats.verify(bigint), stats.record_verification(), stats.state()
to parley_operator;
grant select on all tables in schema stats to parley_operator;
grant insert, update, delete on stats.analysts to parley_operator;
grant update (time_zone, reopen_within, short_abandon, satisfied_from, available_statuses), insert on stats.settings to parley_operator;
-- What reports read, and call with the rights of who asks. Sums they read with the owner's.
grant execute on function
  stats.sum(bigint), stats._ms(interval), stats._bucket(bigint), stats._names(api.dimension),
  stats._is_asked_for(bigint, bigint, bigint, bigint[], bigint[], bigint[]),
  stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  stats._sums(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  stats._times(api.metric, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean)
to parley_analyst;
grant select on stats.settings, stats.dialogs, stats.turns, stats.ownerships, stats.message_counts to parley_analyst;

-- Business hours are an operator's to set. What follows from them is kept with the owner's rights.
grant insert, update, delete on stats.calendars, stats.calendar_hours, stats.calendar_holidays to parley_operator;
grant select on stats.calendars, stats.calendar_hours, stats.calendar_holidays to parley_analyst;
grant execute on function stats.check_zone(text), stats._name_distance(text, text), stats._ms(interval),
  stats._week_hours(text), stats.set_calendar(bigint, text, text, date, bigint),
  stats.business_ms(bigint, bigint, timestamptz, timestamptz)
to parley_operator;
grant execute on function stats.extend_calendars() to parley_worker;
--! EndIncluded stats/grants.sql
--! EndIncluded stats/index.sql
--! Included api/index.sql
-- What agents did at once
--! Included api/presences.sql
create or replace function api.presences(since timestamptz, until timestamptz, agent_ids bigint[] default null)
returns setof api.presence_row
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account_id constant bigint := stats.current_account();
begin
  perform stats.check_window(since, until);
  return query
  select p.agent_id, u.name, p.status, p.is_available, p.began_at, p.ended_at
  from stats.presences(v_account_id, since, until, agent_ids) p
  join chat.users u on u.account_id = v_account_id and u.id = p.agent_id
  order by p.agent_id, p.began_at;
end $$;

comment on function api.presences(timestamptz, timestamptz, bigint[]) is
  'How agents were present in [since, until), from one change of their status to the next. since and until are on a full quarter of an hour.';
--! EndIncluded api/presences.sql
--! Included api/concurrency.sql
-- With the owner's rights, since analysts do not read schema chat: one account's rows are asked for by its id.
create or replace function api.concurrency(
  since timestamptz,
  until timestamptz,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.concurrency_row
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off
set max_parallel_workers_per_gather = 0
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := stats.current_account();
  c_available constant integer := 1000000;
begin
  perform stats.check_window(since, until);
  -- Nothing has been handled yet of what is still to come.
  until := least(until, broker.now());
  if since >= until then
    return;
  end if;

  return query
  with handled as materialized (
    select h.* from stats._handled(v_account_id, since, until, agent_ids, team_ids, inbox_ids) h
  ),
  presences as materialized (
    select p.agent_id, p.is_available, greatest(p.began_at, since) as began_at, least(p.ended_at, until) as ended_at
    from stats.presences(v_account_id, since, until, agent_ids) p
  ),
  -- Every beginning and end of a dialog and of availability. What ends at a moment is no more when something else begins at it.
  changes as (
    select h.agent_id, h.began_at as at, 1 as change from handled h
    union all
    select h.agent_id, h.ended_at, -1 from handled h
    union all
    select p.agent_id, p.began_at, c_available from presences p where p.is_available
    union all
    select p.agent_id, p.ended_at, -c_available from presences p where p.is_available
  ),
  -- The dialogs from then on, plus c_available while available: two counts at the price of one.
  steps as materialized (
    select c.agent_id, c.at, sum(c.change) over w as state, lead(c.at) over w - c.at as lasted
    from changes c
    window w as (partition by c.agent_id order by c.at, c.change rows unbounded preceding)
  ),
  sums as (
    select s.agent_id, max(s.state % c_available) as peak,
      sum(s.lasted) filter (where s.state % c_available > 0) as busy,
      sum(s.lasted) filter (where s.state >= c_available) as available,
      sum(s.lasted) filter (where s.state > c_available) as busy_available
    from steps s
    group by s.agent_id
  ),
  peaks as (
    select s.agent_id, min(s.at) as at
    from steps s
    join sums m on m.agent_id = s.agent_id and m.peak = s.state % c_available
    group by s.agent_id
  ),
  dialogs as (
    select h.agent_id, count(*) as n, sum(h.handled) as handled
    from (
      select h.agent_id, h.dialog_id, sum(h.ended_at - h.began_at) as handled
      from handled h
      group by h.agent_id, h.dialog_id
    ) h
    group by h.agent_id
  )
  select m.agent_id, u.name, coalesce(d.n, 0), coalesce(stats._ms(d.handled), 0) / 1000::double precision,
    coalesce(stats._ms(m.busy), 0) / 1000::double precision,
    stats._ms(d.handled)::double precision / nullif(stats._ms(m.busy), 0),
    m.peak, case when m.peak > 0 then p.at end,
    case when k.is_known then coalesce(stats._ms(m.available), 0) / 1000::double precision end,
    coalesce(stats._ms(m.busy_available), 0)::double precision / nullif(stats._ms(m.available), 0)
  from sums m
  join peaks p on p.agent_id = m.agent_id
  join chat.users u on u.account_id = v_account_id and u.id = m.agent_id
  left join dialogs d on d.agent_id = m.agent_id
  cross join lateral (select exists (select from presences p where p.agent_id = m.agent_id) as is_known) k
  where d.agent_id is not null or team_ids is null and inbox_ids is null
  order by m.agent_id;
end $$;

comment on function api.concurrency(timestamptz, timestamptz, bigint[], bigint[], bigint[]) is
  'How many dialogs agents handled at once in [since, until), as of the last commit: a row for everyone who handled one or, unless '
  'teams or inboxes are asked for, was available. since and until are on a full quarter of an hour; of what is to come nothing is counted. '
  '0 among team_ids: dialogs without a team.';
--! EndIncluded api/concurrency.sql
-- What analysts read, and what GraphQL shows and does: one account at a time. What begins with an underscore is not shown.

-- Accounts and who is in them
--! Included api/policies.sql
-- Analysts see one account of the four tables whose names they need. For everybody else nothing changes, but COPY FROM, which
-- does not work on tables with policies: never put any on messages, events or conversations.
alter table chat.accounts enable row level security;
drop policy if exists own_account on chat.accounts;
create policy own_account on chat.accounts for select to parley_analyst
  using (id = (select stats.current_account()));
drop policy if exists every_account on chat.accounts;
create policy every_account on chat.accounts to parley_producer, parley_worker, parley_operator using (true);

alter table chat.users enable row level security;
drop policy if exists own_account on chat.users;
create policy own_account on chat.users for select to parley_analyst
  using (account_id = (select stats.current_account()));
drop policy if exists every_account on chat.users;
create policy every_account on chat.users to parley_producer, parley_worker, parley_operator using (true);

alter table chat.teams enable row level security;
drop policy if exists own_account on chat.teams;
create policy own_account on chat.teams for select to parley_analyst
  using (account_id = (select stats.current_account()));
drop policy if exists every_account on chat.teams;
create policy every_account on chat.teams to parley_producer, parley_worker, parley_operator using (true);

alter table chat.inboxes enable row level security;
drop policy if exists own_account on chat.inboxes;
create policy own_account on chat.inboxes for select to parley_analyst
  using (account_id = (select stats.current_account()));
drop policy if exists every_account on chat.inboxes;
create policy every_account on chat.inboxes to parley_producer, parley_worker, parley_operator using (true);
--! EndIncluded api/policies.sql
--! Included api/accounts.sql
create or replace view api.accounts with (security_invoker = true) as
select a.id, a.name, a.created_at
from chat.accounts a;

comment on view api.accounts is E'@primaryKey id\nThe account that the session reads.';
comment on column api.accounts.id is E'@notNull\nSiteId of events.';
comment on column api.accounts.name is '@notNull';
comment on column api.accounts.created_at is '@notNull';
--! EndIncluded api/accounts.sql
--! Included api/agents.sql
create or replace view api.agents with (security_invoker = true) as
select u.id, u.account_id, u.name, u.created_at, u.deleted_at
from chat.users u;

comment on view api.agents is E'@primaryKey id\nAgents, those who left included: history names them.';
comment on column api.agents.id is E'@notNull\nAgentId of events.';
comment on column api.agents.account_id is '@notNull';
comment on column api.agents.name is '@notNull';
comment on column api.agents.created_at is '@notNull';
comment on column api.agents.deleted_at is 'When the agent left; null: is still there.';
--! EndIncluded api/agents.sql
--! Included api/teams.sql
create or replace view api.teams with (security_invoker = true) as
select t.id, t.account_id, t.name, t.created_at, t.deleted_at
from chat.teams t;

comment on view api.teams is E'@primaryKey id\nGroups of agents, dissolved ones included: history names them.';
comment on column api.teams.id is E'@notNull\nDepartmentId of events.';
comment on column api.teams.account_id is '@notNull';
comment on column api.teams.name is '@notNull';
comment on column api.teams.created_at is '@notNull';
comment on column api.teams.deleted_at is 'When the team was dissolved; null: is still there.';
--! EndIncluded api/teams.sql
--! Included api/inboxes.sql
create or replace view api.inboxes with (security_invoker = true) as
select i.id, i.account_id, i.name, i.channel_type, i.identifier, i.created_at, i.deleted_at
from chat.inboxes i;

comment on view api.inboxes is E'@primaryKey id\nWhere contacts write to, closed ones included: history names them.';
comment on column api.inboxes.id is '@notNull';
comment on column api.inboxes.account_id is '@notNull';
comment on column api.inboxes.name is '@notNull';
comment on column api.inboxes.identifier is 'The client''s own name of it.';
comment on column api.inboxes.created_at is '@notNull';
comment on column api.inboxes.deleted_at is 'When the inbox was closed; null: is still there.';
--! EndIncluded api/inboxes.sql

-- Reports: numbers of a window, by period and agent, team or inbox
--! Included api/report.sql
-- Inlined, hence no set search_path: what is not selected is not computed, and its plan is kept by whoever prepares the query. That is
-- that makes it much faster than a report in plpgsql, which computes every column.
create or replace function api.report(
  by api.dimension default 'account',
  unit api.unit default null,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.report_row
language sql stable
begin atomic
select s.period_start,
  s.period_end,
  nullif(s.id, 0),
  coalesce(u.name, t.name, i.name),
  coalesce(s.dialogs_started_n, 0),
  coalesce(s.offered_n, 0),
  coalesce(s.handed_off_n, 0),
  coalesce(s.handed_off_ms, 0) / 1000::double precision,
  round(s.handed_off_ms::double precision / nullif(s.handed_off_n, 0)) / 1000,
  coalesce(s.queue_wait_n, 0),
  coalesce(s.queue_wait_ms, 0) / 1000::double precision,
  round(s.queue_wait_ms::double precision / nullif(s.queue_wait_n, 0)) / 1000,
  coalesce(s.queue_wait_business_ms, 0) / 1000::double precision,
  round(s.queue_wait_business_ms::double precision / nullif(s.queue_wait_n, 0)) / 1000,
  coalesce(s.first_response_n, 0),
  coalesce(s.first_response_ms, 0) / 1000::double precision,
  round(s.first_response_ms::double precision / nullif(s.first_response_n, 0)) / 1000,
  coalesce(s.first_response_business_ms, 0) / 1000::double precision,
  round(s.first_response_business_ms::double precision / nullif(s.first_response_n, 0)) / 1000,
  coalesce(s.first_response_human_n, 0),
  coalesce(s.first_response_human_ms, 0) / 1000::double precision,
  round(s.first_response_human_ms::double precision / nullif(s.first_response_human_n, 0)) / 1000,
  coalesce(s.first_response_human_business_ms, 0) / 1000::double precision,
  round(s.first_response_human_business_ms::double precision / nullif(s.first_response_human_n, 0)) / 1000,
  coalesce(s.first_response_agent_n, 0),
  coalesce(s.first_response_agent_ms, 0) / 1000::double precision,
  round(s.first_response_agent_ms::double precision / nullif(s.first_response_agent_n, 0)) / 1000,
  coalesce(s.outbound_n, 0),
  coalesce(s.reply_time_n, 0),
  coalesce(s.reply_time_ms, 0) / 1000::double precision,
  round(s.reply_time_ms::double precision / nullif(s.reply_time_n, 0)) / 1000,
  coalesce(s.reply_time_business_ms, 0) / 1000::double precision,
  round(s.reply_time_business_ms::double precision / nullif(s.reply_time_n, 0)) / 1000,
  coalesce(s.resolution_n, 0),
  coalesce(s.resolution_ms, 0) / 1000::double precision,
  round(s.resolution_ms::double precision / nullif(s.resolution_n, 0)) / 1000,
  coalesce(s.resolution_business_ms, 0) / 1000::double precision,
  round(s.resolution_business_ms::double precision / nullif(s.resolution_n, 0)) / 1000,
  coalesce(s.active_resolution_n, 0),
  coalesce(s.active_resolution_ms, 0) / 1000::double precision,
  round(s.active_resolution_ms::double precision / nullif(s.active_resolution_n, 0)) / 1000,
  coalesce(s.bot_time_n, 0),
  coalesce(s.bot_time_ms, 0) / 1000::double precision,
  round(s.bot_time_ms::double precision / nullif(s.bot_time_n, 0)) / 1000,
  coalesce(s.snoozed_time_n, 0),
  coalesce(s.snoozed_time_ms, 0) / 1000::double precision,
  round(s.snoozed_time_ms::double precision / nullif(s.snoozed_time_n, 0)) / 1000,
  coalesce(s.assigned_to_resolved_n, 0),
  coalesce(s.assigned_to_resolved_ms, 0) / 1000::double precision,
  round(s.assigned_to_resolved_ms::double precision / nullif(s.assigned_to_resolved_n, 0)) / 1000,
  coalesce(s.customer_waiting_n, 0),
  coalesce(s.customer_waiting_ms, 0) / 1000::double precision,
  round(s.customer_waiting_ms::double precision / nullif(s.customer_waiting_n, 0)) / 1000,
  coalesce(s.reopened_n, 0),
  coalesce(s.reopened_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.first_contact_resolution_n, 0),
  coalesce(s.first_contact_resolution_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.bot_contained_n, 0),
  coalesce(s.bot_contained_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.abandoned_n, 0),
  coalesce(s.short_abandoned_n, 0),
  (coalesce(s.abandoned_n, 0) - coalesce(s.short_abandoned_n, 0))::double precision
    / nullif(greatest(coalesce(s.offered_n, 0) - coalesce(s.short_abandoned_n, 0), 0), 0),
  coalesce(s.dropped_n, 0),
  coalesce(s.dropped_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.transfers_in_n, 0),
  coalesce(s.transfers_out_n, 0),
  coalesce(s.handle_time_n, 0),
  coalesce(s.handle_time_ms, 0) / 1000::double precision,
  round(s.handle_time_ms::double precision / nullif(s.handle_time_n, 0)) / 1000,
  coalesce(s.dialogs_handled_n, 0),
  coalesce(s.dialogs_handled_ms, 0) / 1000::double precision,
  round(s.dialogs_handled_ms::double precision / nullif(s.dialogs_handled_n, 0)) / 1000,
  case when by = 'agent' or agent_ids is not null
    then round(s.handle_time_ms::double precision / nullif(s.handle_time_n, 0))
    else round(s.dialogs_handled_ms::double precision / nullif(s.dialogs_handled_n, 0))
  end / 1000,
  coalesce(s.messages_received_n, 0),
  coalesce(s.messages_sent_n, 0),
  coalesce(s.replies_sent_n, 0),
  coalesce(s.notes_n, 0),
  coalesce(s.mentions_n, 0),
  coalesce(s.replies_to_resolve_sum, 0),
  s.replies_to_resolve_sum::double precision / nullif(s.replies_to_resolve_n, 0),
  coalesce(s.messages_to_resolve_sum, 0),
  s.messages_to_resolve_sum::double precision / nullif(s.messages_to_resolve_n, 0),
  coalesce(s.ratings_n, 0),
  coalesce(s.rating_sum, 0),
  s.rating_sum::double precision / nullif(s.ratings_n, 0),
  coalesce(s.ratings_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.satisfied_n, 0),
  coalesce(s.satisfied_n, 0)::double precision / nullif(s.ratings_n, 0),
  coalesce(s.wrapups_n, 0)
from (
  select s.period_start, s.period_end, s.id,
    stats.sum(s.n) filter (where s.metric = 'dialogs_started') as dialogs_started_n,
    stats.sum(s.n) filter (where s.metric = 'offered') as offered_n,
    stats.sum(s.n) filter (where s.metric = 'handed_off') as handed_off_n,
    stats.sum(s.total) filter (where s.metric = 'handed_off') as handed_off_ms,
    stats.sum(s.n) filter (where s.metric = 'queue_wait') as queue_wait_n,
    stats.sum(s.total) filter (where s.metric = 'queue_wait') as queue_wait_ms,
    stats.sum(s.business) filter (where s.metric = 'queue_wait') as queue_wait_business_ms,
    stats.sum(s.n) filter (where s.metric = 'first_response') as first_response_n,
    stats.sum(s.total) filter (where s.metric = 'first_response') as first_response_ms,
    stats.sum(s.business) filter (where s.metric = 'first_response') as first_response_business_ms,
    stats.sum(s.n) filter (where s.metric = 'first_response_human') as first_response_human_n,
    stats.sum(s.total) filter (where s.metric = 'first_response_human') as first_response_human_ms,
    stats.sum(s.business) filter (where s.metric = 'first_response_human') as first_response_human_business_ms,
    stats.sum(s.n) filter (where s.metric = 'first_response_agent') as first_response_agent_n,
    stats.sum(s.total) filter (where s.metric = 'first_response_agent') as first_response_agent_ms,
    stats.sum(s.n) filter (where s.metric = 'outbound') as outbound_n,
    stats.sum(s.n) filter (where s.metric = 'reply_time') as reply_time_n,
    stats.sum(s.total) filter (where s.metric = 'reply_time') as reply_time_ms,
    stats.sum(s.business) filter (where s.metric = 'reply_time') as reply_time_business_ms,
    stats.sum(s.n) filter (where s.metric = 'resolution') as resolution_n,
    stats.sum(s.total) filter (where s.metric = 'resolution') as resolution_ms,
    stats.sum(s.business) filter (where s.metric = 'resolution') as resolution_business_ms,
    stats.sum(s.n) filter (where s.metric = 'active_resolution') as active_resolution_n,
    stats.sum(s.total) filter (where s.metric = 'active_resolution') as active_resolution_ms,
    stats.sum(s.n) filter (where s.metric = 'bot_time') as bot_time_n,
    stats.sum(s.total) filter (where s.metric = 'bot_time') as bot_time_ms,
    stats.sum(s.n) filter (where s.metric = 'snoozed_time') as snoozed_time_n,
    stats.sum(s.total) filter (where s.metric = 'snoozed_time') as snoozed_time_ms,
    stats.sum(s.n) filter (where s.metric = 'assigned_to_resolved') as assigned_to_resolved_n,
    stats.sum(s.total) filter (where s.metric = 'assigned_to_resolved') as assigned_to_resolved_ms,
    stats.sum(s.n) filter (where s.metric = 'customer_waiting') as customer_waiting_n,
    stats.sum(s.total) filter (where s.metric = 'customer_waiting') as customer_waiting_ms,
    stats.sum(s.n) filter (where s.metric = 'reopened') as reopened_n,
    stats.sum(s.n) filter (where s.metric = 'first_contact_resolution') as first_contact_resolution_n,
    stats.sum(s.n) filter (where s.metric = 'bot_contained') as bot_contained_n,
    stats.sum(s.n) filter (where s.metric = 'abandoned') as abandoned_n,
    stats.sum(s.n) filter (where s.metric = 'short_abandoned') as short_abandoned_n,
    stats.sum(s.n) filter (where s.metric = 'dropped') as dropped_n,
    stats.sum(s.n) filter (where s.metric = 'transfers_in') as transfers_in_n,
    stats.sum(s.n) filter (where s.metric = 'transfers_out') as transfers_out_n,
    stats.sum(s.n) filter (where s.metric = 'handle_time') as handle_time_n,
    stats.sum(s.total) filter (where s.metric = 'handle_time') as handle_time_ms,
    stats.sum(s.n) filter (where s.metric = 'dialogs_handled') as dialogs_handled_n,
    stats.sum(s.total) filter (where s.metric = 'dialogs_handled') as dialogs_handled_ms,
    stats.sum(s.n) filter (where s.metric = 'messages_received') as messages_received_n,
    stats.sum(s.n) filter (where s.metric = 'messages_sent') as messages_sent_n,
    stats.sum(s.n) filter (where s.metric = 'replies_sent') as replies_sent_n,
    stats.sum(s.n) filter (where s.metric = 'notes') as notes_n,
    stats.sum(s.n) filter (where s.metric = 'mentions') as mentions_n,
    stats.sum(s.n) filter (where s.metric = 'replies_to_resolve') as replies_to_resolve_n,
    stats.sum(s.total) filter (where s.metric = 'replies_to_resolve') as replies_to_resolve_sum,
    stats.sum(s.n) filter (where s.metric = 'messages_to_resolve') as messages_to_resolve_n,
    stats.sum(s.total) filter (where s.metric = 'messages_to_resolve') as messages_to_resolve_sum,
    stats.sum(s.n) filter (where s.metric = 'ratings') as ratings_n,
    stats.sum(s.total) filter (where s.metric = 'ratings') as rating_sum,
    stats.sum(s.n) filter (where s.metric = 'satisfied') as satisfied_n,
    stats.sum(s.n) filter (where s.metric = 'wrapups') as wrapups_n
  from stats._sums(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) s
  group by s.period_start, s.period_end, s.id
  -- A correction may leave nothing of somebody's numbers.
  having by = 'account' or stats.sum(s.n) > 0
) s
left join chat.users u on by = 'agent' and u.account_id = (select stats.current_account()) and u.id = s.id
left join chat.teams t on by = 'team' and t.account_id = (select stats.current_account()) and t.id = s.id
left join chat.inboxes i on by = 'inbox' and i.account_id = (select stats.current_account()) and i.id = s.id
order by s.period_start, nullif(s.id, 0);
end;

comment on function api.report(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'What happened from since until until, by period and agent, team or inbox: all that is counted. unit: how long the periods '
  'are; without it the whole time is one. since and until are full quarters of an hour; without them it is the last 30 days, '
  'today included. time_zone: whose days; without it the account''s. Filters name the agents, teams or inboxes that something is '
  'credited to; 0: none. Of the account, periods in which nothing happened have a row of zeros; an agent, team or inbox has a '
  'row where something happened. As of the last commit. Errors: PA050 to PA053.';
--! EndIncluded api/report.sql
--! Included api/percentiles.sql
create or replace function api.percentiles(
  metric api.metric,
  by api.dimension default 'account',
  unit api.unit default null,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null,
  business boolean default false
) returns setof api.percentile_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
  v_metric constant api.metric := metric;
begin
  return query
  with times as materialized (
    select t.* from stats._times(v_metric, by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids, business) t
  ),
  ranked as (
    select t.*, sum(t.n) over (w order by t.ms) as rank, sum(t.n) over w as count
    from times t
    window w as (partition by t.period_start, t.id)
  ),
  measured as (
    select r.period_start, r.period_end, r.id, sum(r.n)::bigint as n, sum(r.ms * r.n) as total,
      min(r.ms) filter (where r.rank >= 0.5 * r.count) as p50, min(r.ms) filter (where r.rank >= 0.9 * r.count) as p90,
      min(r.ms) filter (where r.rank >= 0.95 * r.count) as p95, min(r.ms) filter (where r.rank >= 0.99 * r.count) as p99,
      min(r.ms) as shortest, max(r.ms) as longest, bool_and(r.exact) as exact
    from ranked r
    group by r.period_start, r.period_end, r.id
  ),
  -- Exact, though the times are not.
  summed as (
    select s.period_start, s.id, sum(s.total) as total
    from stats._sums(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) s
    where s.metric = v_metric and exists (select from times t where not t.exact)
    group by s.period_start, s.id
  )
  select m.period_start, m.period_end, nullif(m.id, 0), n.name, m.n,
    round((coalesce(s.total, m.total) / nullif(m.n, 0))::double precision) / 1000,
    m.p50 / 1000::double precision, m.p90 / 1000::double precision, m.p95 / 1000::double precision, m.p99 / 1000::double precision,
    m.shortest / 1000::double precision, m.longest / 1000::double precision, m.exact
  from measured m
  left join summed s on s.period_start = m.period_start and s.id = m.id
  left join stats._names(by) n on n.id = m.id
  order by m.period_start, nullif(m.id, 0);
end $$;

comment on function api.percentiles(
  api.metric, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean
) is
  'How long something took: median and other percentiles. Windows and filters as in report. Exact for up to 92 days, for hours, '
  'for periods of another time zone than the account''s, for combined filters and within business hours; else from histograms, '
  'which column exact tells. Errors: PA050 to PA056.';
--! EndIncluded api/percentiles.sql
--! Included api/histogram.sql
create or replace function api.histogram(
  metric api.metric,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null,
  business boolean default false
) returns setof api.histogram_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
  return query
  select case when b.bucket > 0 then 1.1::double precision ^ b.bucket / 1000 else 0 end, 1.1::double precision ^ (b.bucket + 1) / 1000, b.n
  from (
    select stats._bucket(t.ms) as bucket, sum(t.n)::bigint as n
    from stats._times(metric, 'account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids, business) t
    where t.n > 0
    group by stats._bucket(t.ms)
  ) b
  order by b.bucket;
end $$;

comment on function api.histogram(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean) is
  'How long something took: how many times fell between which bounds. Windows and filters as in report. Errors: PA050 to PA056.';
--! EndIncluded api/histogram.sql
--! Included api/heatmap.sql
-- Security definer, as stats._sums.
create or replace function api.heatmap(
  metric api.metric,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.heatmap_row
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_metric constant api.metric := metric;
  v_per_unit constant double precision := case when stats._has_times(metric) then 1000 else 1 end;
  v_reading record;
  v_changes stats.facts;
begin
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  select p.* into v_changes from stats.pending(v_reading.account_id) p;

  return query
  select d.isodow, h.hour, coalesce(s.n, 0), coalesce(s.total, 0) / v_per_unit,
    round(s.total::double precision / nullif(s.n, 0) * (1000 / v_per_unit)) / 1000
  from generate_series(1, 7) d (isodow)
  cross join generate_series(0, 23) h (hour)
  left join (
    select l.isodow, l.hour, sum(m.n)::bigint as n, sum(m.total)::bigint as total
    from (
      select f.slot as at, f.n, f.total
      from stats.slots f
      where f.account_id = v_reading.account_id and f.dim = v_reading.dim and f.slot >= v_reading.opens and f.slot < v_reading.closes
        and f.metric = v_metric and (v_reading.ids is null or f.dim_id = any (v_reading.ids))
      union all
      select c.at, c.n, c.total
      from stats.measurements(
        v_reading.account_id, v_reading.opens, v_reading.closes, v_changes, v_reading.dim is not null, array[v_metric],
        agent_ids, team_ids, inbox_ids
      ) c
      where v_reading.dim is null or v_changes.stale is not null
    ) m
    cross join lateral (select m.at at time zone v_reading.zone as local) z
    cross join lateral (
      select extract(isodow from z.local)::integer as isodow, extract(hour from z.local)::integer as hour
    ) l
    group by l.isodow, l.hour
  ) s on s.isodow = d.isodow and s.hour = h.hour
  order by d.isodow, h.hour;
end $$;

comment on function api.heatmap(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'At which hours of the week something happened, all 168 of them. Windows and filters as in report. Errors: PA050 to PA053.';
--! EndIncluded api/heatmap.sql
--! Included api/dialogs.sql
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
  select true, f.* from stats.pending((select stats.current_account())) p cross join lateral unnest(p.dialogs) f
) d
where d.account_id = (select stats.current_account())
  and (d.is_fresh or d.dialog_id not in (select unnest(p.stale) from stats.pending((select stats.current_account())) p));

comment on view api.dialogs is
  E'@primaryKey id\nDialogs, as of the last commit. Order by started_at or resolved_at to page through them.';
comment on column api.dialogs.id is E'@notNull\nUnique in the whole database.';
comment on column api.dialogs.account_id is E'@notNull';
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
comment on column api.dialogs.wrapup_category_id is 'The chat servers number of the category of the last wrap-up.';
comment on column api.dialogs.wrapup_agent_id is 'Who submitted the last wrap-up.';
comment on column api.dialogs.wrapped_up_at is 'When.';
--! EndIncluded api/dialogs.sql
--! Included api/turns.sql
-- As api.dialogs.
create or replace view api.turns with (security_invoker = true) as
select
  d.dialog_id,
  d.n,
  d.account_id,
  d.inbox_id,
  d.team_id,
  d.agent_id,
  d.waiting_since,
  d.replied_at,
  d.reply_ms / 1000::double precision as reply_s,
  d.reply_business_ms / 1000::double precision as reply_business_s
from (
  select false as is_fresh, f.* from stats.turns f
  union all
  select true, f.* from stats.pending((select stats.current_account())) p cross join lateral unnest(p.turns) f
) d
where d.account_id = (select stats.current_account())
  and (d.is_fresh or d.dialog_id not in (select unnest(p.stale) from stats.pending((select stats.current_account())) p));

comment on view api.turns is
  E'@primaryKey dialog_id,n\nTurns of customers, as of the last commit: from the first unanswered message of the customer to the next reply of a person.';
comment on column api.turns.dialog_id is E'@notNull';
comment on column api.turns.n is E'@notNull\nFrom 1 on, in order of time.';
comment on column api.turns.account_id is E'@notNull';
comment on column api.turns.inbox_id is E'@notNull\nOf the dialog.';
comment on column api.turns.team_id is 'Of the dialog.';
comment on column api.turns.agent_id is 'Who replied; null: nobody yet.';
comment on column api.turns.waiting_since is E'@notNull\nFirst unanswered message of the customer.';
comment on column api.turns.replied_at is 'Next reply of a person; null: unanswered.';
comment on column api.turns.reply_s is 'Seconds from waiting_since to replied_at.';
comment on column api.turns.reply_business_s is 'reply_s within business hours.';
--! EndIncluded api/turns.sql
--! Included api/ownerships.sql
-- As api.dialogs.
create or replace view api.ownerships with (security_invoker = true) as
select
  d.dialog_id,
  d.n,
  d.account_id,
  d.inbox_id,
  d.team_id,
  d.agent_id,
  d.previous_agent_id,
  d.began_at,
  d.ended_at,
  d.first_reply_at,
  stats._ms(d.first_reply_at - d.began_at) / 1000::double precision as first_reply_s,
  d.handle_ms / 1000::double precision as handle_s,
  d.resolved_at
from (
  select false as is_fresh, f.* from stats.ownerships f
  union all
  select true, f.* from stats.pending((select stats.current_account())) p cross join lateral unnest(p.ownerships) f
) d
where d.account_id = (select stats.current_account())
  and (d.is_fresh or d.dialog_id not in (select unnest(p.stale) from stats.pending((select stats.current_account())) p));

comment on view api.ownerships is
  E'@primaryKey dialog_id,n\nWho had a dialog when, as of the last commit: a row for every time that an agent had it.';
comment on column api.ownerships.dialog_id is E'@notNull';
comment on column api.ownerships.n is E'@notNull\nFrom 1 on, in order of time.';
comment on column api.ownerships.account_id is E'@notNull';
comment on column api.ownerships.inbox_id is E'@notNull\nOf the dialog.';
comment on column api.ownerships.team_id is 'Of the dialog.';
comment on column api.ownerships.agent_id is E'@notNull\nWho had it.';
comment on column api.ownerships.previous_agent_id is 'From whom it was transferred; null: from nobody.';
comment on column api.ownerships.began_at is E'@notNull';
comment on column api.ownerships.ended_at is 'Transferred, unassigned or resolved; null: still has it.';
comment on column api.ownerships.first_reply_at is 'The first reply that this agent wrote meanwhile.';
comment on column api.ownerships.first_reply_s is 'Seconds from began_at to first_reply_at.';
comment on column api.ownerships.handle_s is E'@notNull\nSeconds that it was open meanwhile, of finished intervals.';
comment on column api.ownerships.resolved_at is 'When the dialog was resolved; null: it lasts.';
--! EndIncluded api/ownerships.sql
--! Included api/dialogs_behind.sql
create or replace function api.dialogs_behind(
  metric api.metric,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.dialogs
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_metric constant api.metric := metric;
  v_reading record;
  v_changes stats.facts;
  v_dialog_ids bigint[];
begin
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  select p.* into v_changes from stats.pending(v_reading.account_id) p;

  v_dialog_ids := array(
    select distinct m.dialog_id
    from stats.measurements(
      v_reading.account_id, v_reading.opens, v_reading.closes, v_changes, false, array[v_metric], agent_ids, team_ids, inbox_ids
    ) m
  );
  return query select d.* from api.dialogs d where d.id = any (v_dialog_ids) order by d.started_at, d.id;
end $$;

comment on function api.dialogs_behind(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'The dialogs that report counts under a metric, each once, in the order in which they started, with the same window and filters. Errors: PA050 to PA053.';
--! EndIncluded api/dialogs_behind.sql
--! Included api/backlog.sql
create or replace function api.backlog(
  unit api.unit default 'day',
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.backlog_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_reading record;
  v_periods integer;
  -- Sums name the first agent of a dialog that started, and the last one of a dialog that was resolved.
  v_from_sums boolean;
begin
  select r.* into v_reading from stats._reading('account', unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  v_periods := cardinality(v_reading.starts);
  -- Sums of more than 20 years are refused.
  v_from_sums := agent_ids is null and v_reading.dim is not null and v_reading.next_slot <= v_reading.closes + interval '20 years';

  -- From those that are unresolved now back in time. What happened after the window is a period more.
  return query
  with happened as (
    select case when s.is_later then v_periods + 1 else width_bucket(s.period_start, v_reading.starts) end as nr,
      case s.metric when 'dialogs_started' then s.n end as started, case s.metric when 'resolution' then s.n end as resolved
    from (
      select false as is_later, s.*
      from stats._sums('account', unit, v_reading.opens, v_reading.closes, time_zone, agent_ids, team_ids, inbox_ids) s
      where v_from_sums
      union all
      select true, s.*
      from stats._sums('account', null, v_reading.closes,
        v_reading.next_slot, time_zone, agent_ids, team_ids, inbox_ids) s
      where v_from_sums and v_reading.next_slot > v_reading.closes
    ) s
    where s.metric in ('dialogs_started', 'resolution')
    union all
    select case when c.at >= v_reading.closes then v_periods + 1 else width_bucket(c.at, v_reading.starts) end, c.started, c.resolved
    from (
      select d.started_at as at, 1 as started, null::integer as resolved, d.*
      from api.dialogs d where not v_from_sums and d.started_at >= v_reading.opens
      union all
      select d.resolved_at, null, 1, d.* from api.dialogs d where not v_from_sums and d.resolved_at >= v_reading.opens
    ) c
    where stats._is_asked_for(c.assignee_id, c.team_id, c.inbox_id, agent_ids, team_ids, inbox_ids)
  ),
  counted as (
    select p.nr, coalesce(sum(h.started), 0)::bigint as started, coalesce(sum(h.resolved), 0)::bigint as resolved
    from generate_series(1, v_periods + 1) p (nr)
    left join happened h on h.nr = p.nr
    group by p.nr
  ),
  unresolved as (
    select count(*) as n from api.dialogs d
    where d.resolved_at is null and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids)
  )
  select v_reading.starts[c.nr], v_reading.ends[c.nr], c.started, c.resolved,
    (u.n - sum(c.started - c.resolved) over (order by c.nr rows between 1 following and unbounded following))::bigint
  from counted c
  cross join unresolved u
  order by c.nr
  limit v_periods;
end $$;

comment on function api.backlog(api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'How many dialogs were unresolved at the end of each period. Windows as in report. agent_ids and team_ids name who has a '
  'dialog now, or resolved it. Errors: PA050 to PA053.';
--! EndIncluded api/backlog.sql
--! Included api/service_level.sql
create or replace function api.service_level(
  within_s integer,
  by api.dimension default 'account',
  unit api.unit default null,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.service_level_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_reading record;
  v_within constant interval := make_interval(secs => within_s);
begin
  select r.* into v_reading from stats._reading(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;

  return query
  select p.period_start, p.period_end, nullif(c.id, 0), n.name, coalesce(c.offered, 0), coalesce(c.answered, 0),
    coalesce(c.answered_within, 0), coalesce(c.abandoned, 0), coalesce(c.short_abandoned, 0),
    c.answered_within::double precision / nullif(c.offered - c.short_abandoned, 0)
  from unnest(v_reading.starts, v_reading.ends) with ordinality p (period_start, period_end, nr)
  left join (
    select width_bucket(d.first_open_at, v_reading.starts) as nr, k.id, count(*) as offered, count(d.first_reply_at) as answered,
      count(*) filter (where d.first_reply_at <= d.first_open_at + v_within) as answered_within,
      count(*) filter (where d.is_abandoned) as abandoned, count(*) filter (where d.is_short_abandoned) as short_abandoned
    from api.dialogs d
    cross join lateral (
      select case by when 'agent' then coalesce(d.first_assignee_id, 0) when 'team' then coalesce(d.team_id, 0)
        when 'inbox' then d.inbox_id else 0 end as id
    ) k
    where d.first_open_at >= v_reading.opens and d.first_open_at < v_reading.closes
      and stats._is_asked_for(d.first_assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids)
    group by 1, k.id
  ) c on c.nr = p.nr
  left join stats._names(by) n on n.id = c.id
  where by = 'account' or c.id is not null
  order by p.nr, nullif(c.id, 0);
end $$;

comment on function api.service_level(
  integer, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]
) is
  'How many of the dialogs that reached agents in the window were answered within so many seconds after that. Windows and '
  'filters as in report. Errors: PA050 to PA053.';
--! EndIncluded api/service_level.sql
--! Included api/reopening.sql
create or replace function api.reopening(
  within interval,
  by api.dimension default 'account',
  unit api.unit default null,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.reopening_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_reading record;
begin
  select r.* into v_reading from stats._reading(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;

  return query
  select p.period_start, p.period_end, nullif(c.id, 0), n.name, coalesce(c.resolutions, 0), coalesce(c.reopened, 0),
    c.reopened::double precision / c.resolutions
  from unnest(v_reading.starts, v_reading.ends) with ordinality p (period_start, period_end, nr)
  left join (
    select width_bucket(d.resolved_at, v_reading.starts) as nr, k.id, count(*) as resolutions,
      count(*) filter (where d.reopened_at - d.resolved_at < within) as reopened
    from api.dialogs d
    cross join lateral (
      select case by when 'agent' then coalesce(d.assignee_id, 0) when 'team' then coalesce(d.team_id, 0)
        when 'inbox' then d.inbox_id else 0 end as id
    ) k
    where d.resolved_at >= v_reading.opens and d.resolved_at < v_reading.closes
      and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids)
    group by 1, k.id
  ) c on c.nr = p.nr
  left join stats._names(by) n on n.id = c.id
  where by = 'account' or c.id is not null
  order by p.nr, nullif(c.id, 0);
end $$;

comment on function api.reopening(
  interval, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]
) is
  'How many of the dialogs that were resolved in the window were followed by another one of their conversation within a time: as '
  'reopened of report, for any time. Windows and filters as in report. Errors: PA050 to PA053.';
--! EndIncluded api/reopening.sql
--! Included api/wrapups.sql
create or replace function api.wrapups(
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.wrapup_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_reading record;
begin
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;

  return query
  select d.wrapup_category_id, count(*), count(*) / sum(count(*)) over ()::double precision
  from api.dialogs d
  where d.wrapped_up_at >= v_reading.opens and d.wrapped_up_at < v_reading.closes
    and stats._is_asked_for(d.wrapup_agent_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids)
  group by d.wrapup_category_id
  order by count(*) desc, d.wrapup_category_id;
end $$;

comment on function api.wrapups(timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'How many dialogs were wrapped up under which category, the most frequent first. Windows and filters as in report. Errors: '
  'PA050 to PA053.';
--! EndIncluded api/wrapups.sql
--! Included api/live_board.sql
create or replace function api.live_board(
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.live_board_row
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return query
  select count(*) filter (where d.status = 0), count(*) filter (where d.status = 2), count(*) filter (where d.status = 3),
    count(*) filter (where d.status = 0 and d.assignee_id is null),
    count(*) filter (where d.status = 0 and d.waiting_since is not null), min(d.waiting_since) filter (where d.status = 0)
  from api.dialogs d
  where d.resolved_at is null and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids)
  having stats.current_account() is not null;
end $$;

comment on function api.live_board(bigint[], bigint[], bigint[]) is
  'What is unresolved this moment. Filters name the agents, teams and inboxes that have it; 0: none.';
--! EndIncluded api/live_board.sql
--! Included api/live_agents.sql
create or replace function api.live_agents(
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.live_agent_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  return query
  select d.assignee_id, n.name, count(*) filter (where d.status = 0), count(*) filter (where d.status = 3),
    count(*) filter (where d.status = 0 and d.waiting_since is not null), min(d.waiting_since) filter (where d.status = 0)
  from api.dialogs d
  left join stats._names('agent') n on n.id = d.assignee_id
  where d.resolved_at is null and d.assignee_id is not null
    and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids)
  group by d.assignee_id, n.name
  order by d.assignee_id;
end $$;

comment on function api.live_agents(bigint[], bigint[], bigint[]) is
  'What each agent has this moment; of agents who have something.';
--! EndIncluded api/live_agents.sql

-- What producers do, each in the account of its token
--! Included api/_refuse_account.sql
create or replace function api._refuse_account(account_id text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = 'PA030', message = format('there is no account %s', left(account_id, 20));
end $$;

comment on function api._refuse_account(text) is 'Raises PA030, whether that account exists or not.';
--! EndIncluded api/_refuse_account.sql
--! Included api/_account.sql
create or replace function api._account(account_id bigint) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_own constant bigint := stats.current_account();
begin
  if account_id <> v_own then
    perform api._refuse_account(account_id::text);
  end if;
  return coalesce(v_own, account_id);
end $$;

comment on function api._account(bigint) is
  'The account to act in: the session''s own, which alone may be named; of a session without one, the one that is named. Error: PA030.';
--! EndIncluded api/_account.sql
--! Included api/_conversation.sql
create or replace function api._conversation(conversation_id bigint) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id constant bigint := stats.current_account();
  v_conversation api.conversation;
begin
  select
    c.id, c.account_id, c.inbox_id, c.contact_id, c.identifier, c.status, c.assignee_id,
    c.team_id, c.dialog_id, c.snoozed_until, c.created_at, c.updated_at
  into v_conversation
  from chat.conversations c
  where c.id = _conversation.conversation_id and (v_account_id is null or c.account_id = v_account_id);
  if not found then
    raise exception using
      errcode = 'PA030',
      message = format('there is no conversation %s', _conversation.conversation_id);
  end if;
  return v_conversation;
end $$;

comment on function api._conversation(bigint) is
  'The conversation as it is this moment. Error: PA030, the same for one of another account as for none.';
--! EndIncluded api/_conversation.sql
--! Included api/_own_document.sql
create or replace function api._own_document(data jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_own constant bigint := stats.current_account();
  -- Consumers take siteId for SiteId, and 0 and "" for none.
  v_spellings constant text[] :=
    case when jsonb_typeof(data) = 'object' then array(select m from jsonb_object_keys(data) m where lower(m) = 'siteid') end;
  v_other text;
begin
  if v_own is null or data is null then
    return data;
  end if;
  if v_spellings is null then
    raise exception using errcode = 'PA020', message = 'the document of an event must be a JSON object';
  end if;
  select data ->> m into v_other from unnest(v_spellings) m where data ->> m not in (v_own::text, '0', '') limit 1;
  if found then
    perform api._refuse_account(v_other);
  end if;
  return data - v_spellings || jsonb_build_object('SiteId', v_own);
end $$;

comment on function api._own_document(jsonb) is
  'The document of an event with the session''s account as its SiteId; of a session without account, as it is. '
  'Errors: PA020, PA030 for the SiteId of another account.';
--! EndIncluded api/_own_document.sql
--! Included api/_own_dedupe_id.sql
create or replace function api._own_dedupe_id(dedupe_id text) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(stats.current_account() || ':' || dedupe_id, dedupe_id);
end $$;

comment on function api._own_dedupe_id(text) is
  'The dedupe_id among those of the session''s account: those of other accounts are neither met nor learned.';
--! EndIncluded api/_own_dedupe_id.sql
--! Included api/put_event.sql
create or replace function api.put_event(
  name text,
  data jsonb,
  key text default null,
  dedupe_id text default null,
  run_at timestamptz default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return broker.put_event(
    put_event.name, api._own_document(put_event.data), put_event.key, api._own_dedupe_id(put_event.dedupe_id), put_event.run_at
  );
end $$;

comment on function api.put_event(text, jsonb, text, text, timestamptz) is
  E'@resultFieldName eventId\n'
  'Puts an event. One with a dedupeId that was put before changes nothing and gives the id of the first. '
  'SiteId is taken from the token if that names an account. Errors: PA001, PA020, PA030.';
--! EndIncluded api/put_event.sql
--! Included api/put_events.sql
-- Security definer: producers see no dedupe ids.
create or replace function api.put_events(events api.event[]) returns bigint[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  c_most constant integer := 1000;
  -- Of those that have no dedupe_id, in their order.
  v_new bigint[];
begin
  if cardinality(events) > c_most then
    raise exception using
      errcode = 'PA042',
      message = format('%s events at once; at most %s are taken', cardinality(events), c_most),
      hint = 'Put them in several calls.';
  end if;
  if exists (select from unnest(events) e where e.name is null or e.data is null) then
    raise exception using errcode = 'PA004', message = 'put_events: name and data must not be null';
  end if;

  with put as (
    insert into broker.events (name, data, key, dedupe_id, run_at)
    select e.name, api._own_document(e.data), e.key, api._own_dedupe_id(e.dedupe_id), e.run_at
    from unnest(events) with ordinality e (name, data, key, dedupe_id, run_at, nr)
    order by e.nr
    returning id, dedupe_id
  )
  select array_agg(p.id order by p.id) filter (where p.dedupe_id is null) into v_new from put p;

  return array(
    select case
      when e.dedupe_id is null then v_new[count(*) filter (where e.dedupe_id is null) over (order by e.nr)]
      else (select d.event_id from broker.dedupe_ids d where d.dedupe_id = api._own_dedupe_id(e.dedupe_id))
    end
    from unnest(events) with ordinality e (name, data, key, dedupe_id, run_at, nr)
    order by e.nr
  );
end $$;

comment on function api.put_events(api.event[]) is
  E'@resultFieldName eventIds\n'
  'Puts events, at most 1,000, all or none, and gives their ids in the same order. Each as putEvent does. Errors: PA001, PA020, PA030, PA042.';
--! EndIncluded api/put_events.sql
--! Included api/open_conversation.sql
create or replace function api.open_conversation(
  inbox_id bigint,
  contact_id bigint,
  account_id bigint default null,
  identifier text default null,
  status integer default 0,
  assignee_id bigint default null,
  team_id bigint default null,
  additional_attributes jsonb default '{}'
) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return api._conversation(chat.open_conversation(
    api._account(open_conversation.account_id), open_conversation.inbox_id, open_conversation.contact_id,
    open_conversation.identifier, open_conversation.status, open_conversation.assignee_id, open_conversation.team_id,
    open_conversation.additional_attributes
  ));
end $$;

comment on function api.open_conversation(bigint, bigint, bigint, text, integer, bigint, bigint, jsonb) is
  E'@resultFieldName conversation\n'
  'Gives the conversation with that identifier, or without one the contact''s in that inbox: made if there is none, reopened with that '
  'status and assignee if it is resolved, else left as it is. accountId is needed where the token names no account. '
  'Errors: PA030, PA032, PA035.';
--! EndIncluded api/open_conversation.sql
--! Included api/reopen_conversation.sql
create or replace function api.reopen_conversation(conversation_id bigint, status integer default 0) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.reopen_conversation(conversation_id, status);
  return api._conversation(conversation_id);
end $$;

comment on function api.reopen_conversation(bigint, integer) is
  E'@resultFieldName conversation\n'
  'Makes a conversation open (status 0) or pending, with the bot (2). If it was resolved that starts a new dialog. Errors: PA030, PA036.';
--! EndIncluded api/reopen_conversation.sql
--! Included api/append_message.sql
create or replace function api.append_message(
  conversation_id bigint,
  content text,
  message_type integer default 0,
  sender_type text default null,
  sender_id bigint default null,
  private boolean default false,
  source_id text default null,
  reopen boolean default false,
  additional_attributes jsonb default '{}',
  content_attributes jsonb default '{}',
  created_at timestamptz default null
) returns api.message
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_id bigint;
  v_message api.message;
begin
  perform api._conversation(append_message.conversation_id);
  v_id := chat.append_message(
    append_message.conversation_id, append_message.content, append_message.message_type, append_message.sender_type,
    append_message.sender_id, append_message.private, append_message.source_id, append_message.reopen,
    append_message.additional_attributes, append_message.content_attributes, append_message.created_at
  );
  select m.id, m.conversation_id, m.dialog_id, (m.additional_attributes ->> 'user_id_assigned')::bigint, m.created_at
  into v_message
  from chat.messages m
  where m.id = v_id;
  return v_message;
end $$;

comment on function
  api.append_message(bigint, text, integer, text, bigint, boolean, text, boolean, jsonb, jsonb, timestamptz) is
  E'@resultFieldName message\n'
  'Adds a message; for a sourceId that the conversation has already, changes nothing and gives that message. messageType: 0 incoming, '
  '1 outgoing, 2 activity, 3 template; senderType: Contact, User (an agent) or AgentBot; private: a note among agents; reopen: a resolved or '
  'snoozed conversation is opened first; createdAt is for history. Error: PA030.';
--! EndIncluded api/append_message.sql
--! Included api/assign_conversation.sql
create or replace function api.assign_conversation(conversation_id bigint, assignee_id bigint, team_id bigint default null)
returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.assign_conversation(conversation_id, assignee_id, team_id);
  return api._conversation(conversation_id);
end $$;

comment on function api.assign_conversation(bigint, bigint, bigint) is
  E'@resultFieldName conversation\n'
  'Gives a conversation to an agent, and to a team if one is named. Errors: PA030, PA032.';
--! EndIncluded api/assign_conversation.sql
--! Included api/unassign_conversation.sql
create or replace function api.unassign_conversation(conversation_id bigint) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.unassign_conversation(conversation_id);
  return api._conversation(conversation_id);
end $$;

comment on function api.unassign_conversation(bigint) is
  E'@resultFieldName conversation\n'
  'Takes a conversation from its agent. Error: PA030.';
--! EndIncluded api/unassign_conversation.sql
--! Included api/resolve_conversation.sql
create or replace function api.resolve_conversation(conversation_id bigint) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.resolve_conversation(conversation_id);
  return api._conversation(conversation_id);
end $$;

comment on function api.resolve_conversation(bigint) is
  E'@resultFieldName conversation\n'
  'Resolves a conversation: its dialog ends. Error: PA030.';
--! EndIncluded api/resolve_conversation.sql
--! Included api/snooze_conversation.sql
create or replace function api.snooze_conversation(conversation_id bigint, until timestamptz default null) returns api.conversation
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  perform chat.snooze_conversation(conversation_id, until);
  return api._conversation(conversation_id);
end $$;

comment on function api.snooze_conversation(bigint, timestamptz) is
  E'@resultFieldName conversation\n'
  'Puts a conversation aside, until that time or until it is opened. Errors: PA030, PA036.';
--! EndIncluded api/snooze_conversation.sql
--! Included api/mention_user.sql
create or replace function api.mention_user(conversation_id bigint, user_id bigint, message_id bigint default null) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._conversation(conversation_id);
  return chat.mention_user(conversation_id, user_id, message_id);
end $$;

comment on function api.mention_user(bigint, bigint, bigint) is
  E'@resultFieldName mentionId\n'
  'Records that an agent was mentioned; once for a message, if one is named. Errors: PA030, PA037.';
--! EndIncluded api/mention_user.sql

--! Included api/grants.sql
revoke all on all functions in schema api from public;
grant usage on schema api to parley_analyst, parley_producer, parley_operator;
grant execute on function
  api.presences(timestamptz, timestamptz, bigint[]),
  api.concurrency(timestamptz, timestamptz, bigint[], bigint[], bigint[])
to parley_analyst;

grant select on api.accounts, api.agents, api.teams, api.inboxes, api.dialogs, api.turns, api.ownerships to parley_analyst;
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
  api.mention_user(bigint, bigint, bigint)
to parley_producer;
--! EndIncluded api/grants.sql
--! EndIncluded api/index.sql

-- The dialogs that there are already are summed here: readers would compute all of them each time, until a worker has summed them.
insert into stats.stale (account_id, dialog_id) select d.account_id, d.id from chat.dialogs d order by d.id;
do $$
begin
  while stats.flush(10000) > 0 loop
  end loop;
end $$;
