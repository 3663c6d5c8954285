-- Inlined, hence no set search_path: what is not selected is not computed, and its plan is kept by whoever prepares the query. That
-- makes it much faster than a report in plpgsql, which computes every column.
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
  coalesce(s.handed_off_total, 0) / 1000::double precision,
  round(s.handed_off_total::double precision / nullif(s.handed_off_n, 0)) / 1000,
  coalesce(s.queue_wait_n, 0),
  coalesce(s.queue_wait_total, 0) / 1000::double precision,
  round(s.queue_wait_total::double precision / nullif(s.queue_wait_n, 0)) / 1000,
  coalesce(s.queue_wait_business, 0) / 1000::double precision,
  round(s.queue_wait_business::double precision / nullif(s.queue_wait_n, 0)) / 1000,
  coalesce(s.first_response_n, 0),
  coalesce(s.first_response_total, 0) / 1000::double precision,
  round(s.first_response_total::double precision / nullif(s.first_response_n, 0)) / 1000,
  coalesce(s.first_response_business, 0) / 1000::double precision,
  round(s.first_response_business::double precision / nullif(s.first_response_n, 0)) / 1000,
  coalesce(s.first_response_human_n, 0),
  coalesce(s.first_response_human_total, 0) / 1000::double precision,
  round(s.first_response_human_total::double precision / nullif(s.first_response_human_n, 0)) / 1000,
  coalesce(s.first_response_human_business, 0) / 1000::double precision,
  round(s.first_response_human_business::double precision / nullif(s.first_response_human_n, 0)) / 1000,
  coalesce(s.first_response_agent_n, 0),
  coalesce(s.first_response_agent_total, 0) / 1000::double precision,
  round(s.first_response_agent_total::double precision / nullif(s.first_response_agent_n, 0)) / 1000,
  coalesce(s.outbound_n, 0),
  coalesce(s.reply_time_n, 0),
  coalesce(s.reply_time_total, 0) / 1000::double precision,
  round(s.reply_time_total::double precision / nullif(s.reply_time_n, 0)) / 1000,
  coalesce(s.reply_time_business, 0) / 1000::double precision,
  round(s.reply_time_business::double precision / nullif(s.reply_time_n, 0)) / 1000,
  coalesce(s.resolution_n, 0),
  coalesce(s.resolution_total, 0) / 1000::double precision,
  round(s.resolution_total::double precision / nullif(s.resolution_n, 0)) / 1000,
  coalesce(s.resolution_business, 0) / 1000::double precision,
  round(s.resolution_business::double precision / nullif(s.resolution_n, 0)) / 1000,
  coalesce(s.active_resolution_n, 0),
  coalesce(s.active_resolution_total, 0) / 1000::double precision,
  round(s.active_resolution_total::double precision / nullif(s.active_resolution_n, 0)) / 1000,
  coalesce(s.bot_time_n, 0),
  coalesce(s.bot_time_total, 0) / 1000::double precision,
  round(s.bot_time_total::double precision / nullif(s.bot_time_n, 0)) / 1000,
  coalesce(s.snoozed_time_n, 0),
  coalesce(s.snoozed_time_total, 0) / 1000::double precision,
  round(s.snoozed_time_total::double precision / nullif(s.snoozed_time_n, 0)) / 1000,
  coalesce(s.assigned_to_resolved_n, 0),
  coalesce(s.assigned_to_resolved_total, 0) / 1000::double precision,
  round(s.assigned_to_resolved_total::double precision / nullif(s.assigned_to_resolved_n, 0)) / 1000,
  coalesce(s.customer_waiting_n, 0),
  coalesce(s.customer_waiting_total, 0) / 1000::double precision,
  round(s.customer_waiting_total::double precision / nullif(s.customer_waiting_n, 0)) / 1000,
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
  coalesce(s.handle_time_total, 0) / 1000::double precision,
  round(s.handle_time_total::double precision / nullif(s.handle_time_n, 0)) / 1000,
  coalesce(s.dialogs_handled_n, 0),
  coalesce(s.dialogs_handled_total, 0) / 1000::double precision,
  round(s.dialogs_handled_total::double precision / nullif(s.dialogs_handled_n, 0)) / 1000,
  case when by = 'agent' or agent_ids is not null
    then round(s.handle_time_total::double precision / nullif(s.handle_time_n, 0))
    else round(s.dialogs_handled_total::double precision / nullif(s.dialogs_handled_n, 0))
  end / 1000,
  coalesce(s.messages_received_n, 0),
  coalesce(s.messages_sent_n, 0),
  coalesce(s.replies_sent_n, 0),
  coalesce(s.notes_n, 0),
  coalesce(s.mentions_n, 0),
  coalesce(s.replies_to_resolve_total, 0),
  s.replies_to_resolve_total::double precision / nullif(s.replies_to_resolve_n, 0),
  coalesce(s.messages_to_resolve_total, 0),
  s.messages_to_resolve_total::double precision / nullif(s.messages_to_resolve_n, 0),
  coalesce(s.ratings_n, 0),
  coalesce(s.ratings_total, 0),
  s.ratings_total::double precision / nullif(s.ratings_n, 0),
  coalesce(s.ratings_n, 0)::double precision / nullif(s.resolution_n, 0),
  coalesce(s.satisfied_n, 0),
  coalesce(s.satisfied_n, 0)::double precision / nullif(s.ratings_n, 0),
  coalesce(s.wrapups_n, 0)
from (
  select r.starts[p.nr] as period_start, r.ends[p.nr] as period_end, p.*
  from stats._reading(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r
  cross join lateral (
    select m.nr, m.id,
    stats.sum(m.dialogs_started_n) as dialogs_started_n,
    stats.sum(m.offered_n) as offered_n,
    stats.sum(m.handed_off_n) as handed_off_n,
    stats.sum(m.handed_off_total) as handed_off_total,
    stats.sum(m.queue_wait_n) as queue_wait_n,
    stats.sum(m.queue_wait_total) as queue_wait_total,
    stats.sum(m.queue_wait_business) as queue_wait_business,
    stats.sum(m.first_response_n) as first_response_n,
    stats.sum(m.first_response_total) as first_response_total,
    stats.sum(m.first_response_business) as first_response_business,
    stats.sum(m.first_response_human_n) as first_response_human_n,
    stats.sum(m.first_response_human_total) as first_response_human_total,
    stats.sum(m.first_response_human_business) as first_response_human_business,
    stats.sum(m.first_response_agent_n) as first_response_agent_n,
    stats.sum(m.first_response_agent_total) as first_response_agent_total,
    stats.sum(m.outbound_n) as outbound_n,
    stats.sum(m.reply_time_n) as reply_time_n,
    stats.sum(m.reply_time_total) as reply_time_total,
    stats.sum(m.reply_time_business) as reply_time_business,
    stats.sum(m.resolution_n) as resolution_n,
    stats.sum(m.resolution_total) as resolution_total,
    stats.sum(m.resolution_business) as resolution_business,
    stats.sum(m.active_resolution_n) as active_resolution_n,
    stats.sum(m.active_resolution_total) as active_resolution_total,
    stats.sum(m.bot_time_n) as bot_time_n,
    stats.sum(m.bot_time_total) as bot_time_total,
    stats.sum(m.snoozed_time_n) as snoozed_time_n,
    stats.sum(m.snoozed_time_total) as snoozed_time_total,
    stats.sum(m.assigned_to_resolved_n) as assigned_to_resolved_n,
    stats.sum(m.assigned_to_resolved_total) as assigned_to_resolved_total,
    stats.sum(m.customer_waiting_n) as customer_waiting_n,
    stats.sum(m.customer_waiting_total) as customer_waiting_total,
    stats.sum(m.reopened_n) as reopened_n,
    stats.sum(m.first_contact_resolution_n) as first_contact_resolution_n,
    stats.sum(m.bot_contained_n) as bot_contained_n,
    stats.sum(m.abandoned_n) as abandoned_n,
    stats.sum(m.short_abandoned_n) as short_abandoned_n,
    stats.sum(m.dropped_n) as dropped_n,
    stats.sum(m.transfers_out_n) as transfers_out_n,
    stats.sum(m.transfers_in_n) as transfers_in_n,
    stats.sum(m.handle_time_n) as handle_time_n,
    stats.sum(m.handle_time_total) as handle_time_total,
    stats.sum(m.dialogs_handled_n) as dialogs_handled_n,
    stats.sum(m.dialogs_handled_total) as dialogs_handled_total,
    stats.sum(m.messages_received_n) as messages_received_n,
    stats.sum(m.messages_sent_n) as messages_sent_n,
    stats.sum(m.replies_sent_n) as replies_sent_n,
    stats.sum(m.notes_n) as notes_n,
    stats.sum(m.mentions_n) as mentions_n,
    stats.sum(m.replies_to_resolve_n) as replies_to_resolve_n,
    stats.sum(m.replies_to_resolve_total) as replies_to_resolve_total,
    stats.sum(m.messages_to_resolve_n) as messages_to_resolve_n,
    stats.sum(m.messages_to_resolve_total) as messages_to_resolve_total,
    stats.sum(m.ratings_n) as ratings_n,
    stats.sum(m.ratings_total) as ratings_total,
    stats.sum(m.satisfied_n) as satisfied_n,
    stats.sum(m.wrapups_n) as wrapups_n
    from (
      select width_bucket(f.starts_at, r.starts) as nr, case when by <> 'account' then f.dim_id else 0 end as id, f.*
      from stats._sums(r) f
    ) m
    group by m.nr, m.id
    -- A correction may leave nothing of somebody's numbers.
    having by = 'account' or stats.sum(m.n) > 0
  ) p
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
