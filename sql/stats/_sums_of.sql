-- Counted first by who and what it concerns: what a dialog measured before it mostly still measures, and cancels out. A sum of 0 is
-- null: a row holds only what happened. The columns stand in the order of the table.
create or replace function stats._sums_of(
  account_id bigint,
  since timestamptz,
  until timestamptz,
  changes stats.changes,
  grains stats.grain[],
  dims api.dimension[] default enum_range(null::api.dimension),
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof stats.sums
language plpgsql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set plan_cache_mode = force_generic_plan
set work_mem = '128MB'
set enable_seqscan = off
set enable_nestloop = off
set enable_sort = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
begin
  return query
  with counted as materialized (
    select m.account_id, stats._slot(m.at) as slot, m.metric, m.agent_id, m.team_id, m.inbox_id,
      stats.sum(m.n) as n, stats.sum(m.total) as total, stats.sum(m.business) as business
    from stats.measurements(v_account_id, since, until, changes, null, agent_ids, team_ids, inbox_ids) m
    group by m.account_id, stats._slot(m.at), m.metric, m.agent_id, m.team_id, m.inbox_id
    having stats.sum(m.n) <> 0 or stats.sum(m.total) <> 0 or stats.sum(m.business) <> 0
  ),
  slots as materialized (
    select c.account_id, c.slot from counted c group by c.account_id, c.slot
  ),
  starts as (
    select s.account_id, s.slot, 'slot'::stats.grain as grain, s.slot as starts_at from slots s where 'slot' = any (grains)
    union all
    select s.account_id, s.slot, 'day', stats._first_slot(stats._day(s.slot, f.time_zone), f.time_zone)
    from slots s
    join stats.settings f on f.account_id = s.account_id
    where 'day' = any (grains) and stats._day(s.slot, f.time_zone) < f.days_until
  ),
  -- What happened together, in one row: then each sum adds up few of them.
  together as (
    select c.account_id, c.slot, c.agent_id, c.team_id, c.inbox_id, stats.sum(c.n) as n,
      stats.sum(c.n) filter (where c.metric = 'dialogs_started') as dialogs_started_n,
      stats.sum(c.n) filter (where c.metric = 'offered') as offered_n,
      stats.sum(c.n) filter (where c.metric = 'handed_off') as handed_off_n,
      stats.sum(c.total) filter (where c.metric = 'handed_off') as handed_off_total,
      stats.sum(c.n) filter (where c.metric = 'queue_wait') as queue_wait_n,
      stats.sum(c.total) filter (where c.metric = 'queue_wait') as queue_wait_total,
      stats.sum(c.business) filter (where c.metric = 'queue_wait') as queue_wait_business,
      stats.sum(c.n) filter (where c.metric = 'first_response') as first_response_n,
      stats.sum(c.total) filter (where c.metric = 'first_response') as first_response_total,
      stats.sum(c.business) filter (where c.metric = 'first_response') as first_response_business,
      stats.sum(c.n) filter (where c.metric = 'first_response_human') as first_response_human_n,
      stats.sum(c.total) filter (where c.metric = 'first_response_human') as first_response_human_total,
      stats.sum(c.business) filter (where c.metric = 'first_response_human') as first_response_human_business,
      stats.sum(c.n) filter (where c.metric = 'first_response_agent') as first_response_agent_n,
      stats.sum(c.total) filter (where c.metric = 'first_response_agent') as first_response_agent_total,
      stats.sum(c.n) filter (where c.metric = 'outbound') as outbound_n,
      stats.sum(c.n) filter (where c.metric = 'reply_time') as reply_time_n,
      stats.sum(c.total) filter (where c.metric = 'reply_time') as reply_time_total,
      stats.sum(c.business) filter (where c.metric = 'reply_time') as reply_time_business,
      stats.sum(c.n) filter (where c.metric = 'resolution') as resolution_n,
      stats.sum(c.total) filter (where c.metric = 'resolution') as resolution_total,
      stats.sum(c.business) filter (where c.metric = 'resolution') as resolution_business,
      stats.sum(c.n) filter (where c.metric = 'active_resolution') as active_resolution_n,
      stats.sum(c.total) filter (where c.metric = 'active_resolution') as active_resolution_total,
      stats.sum(c.n) filter (where c.metric = 'bot_time') as bot_time_n,
      stats.sum(c.total) filter (where c.metric = 'bot_time') as bot_time_total,
      stats.sum(c.n) filter (where c.metric = 'snoozed_time') as snoozed_time_n,
      stats.sum(c.total) filter (where c.metric = 'snoozed_time') as snoozed_time_total,
      stats.sum(c.n) filter (where c.metric = 'assigned_to_resolved') as assigned_to_resolved_n,
      stats.sum(c.total) filter (where c.metric = 'assigned_to_resolved') as assigned_to_resolved_total,
      stats.sum(c.n) filter (where c.metric = 'customer_waiting') as customer_waiting_n,
      stats.sum(c.total) filter (where c.metric = 'customer_waiting') as customer_waiting_total,
      stats.sum(c.n) filter (where c.metric = 'reopened') as reopened_n,
      stats.sum(c.n) filter (where c.metric = 'first_contact_resolution') as first_contact_resolution_n,
      stats.sum(c.n) filter (where c.metric = 'bot_contained') as bot_contained_n,
      stats.sum(c.n) filter (where c.metric = 'abandoned') as abandoned_n,
      stats.sum(c.n) filter (where c.metric = 'short_abandoned') as short_abandoned_n,
      stats.sum(c.n) filter (where c.metric = 'dropped') as dropped_n,
      stats.sum(c.n) filter (where c.metric = 'transfers_out') as transfers_out_n,
      stats.sum(c.n) filter (where c.metric = 'transfers_in') as transfers_in_n,
      stats.sum(c.n) filter (where c.metric = 'handle_time') as handle_time_n,
      stats.sum(c.total) filter (where c.metric = 'handle_time') as handle_time_total,
      stats.sum(c.n) filter (where c.metric = 'dialogs_handled') as dialogs_handled_n,
      stats.sum(c.total) filter (where c.metric = 'dialogs_handled') as dialogs_handled_total,
      stats.sum(c.n) filter (where c.metric = 'messages_received') as messages_received_n,
      stats.sum(c.n) filter (where c.metric = 'messages_sent') as messages_sent_n,
      stats.sum(c.n) filter (where c.metric = 'replies_sent') as replies_sent_n,
      stats.sum(c.n) filter (where c.metric = 'notes') as notes_n,
      stats.sum(c.n) filter (where c.metric = 'mentions') as mentions_n,
      stats.sum(c.n) filter (where c.metric = 'replies_to_resolve') as replies_to_resolve_n,
      stats.sum(c.total) filter (where c.metric = 'replies_to_resolve') as replies_to_resolve_total,
      stats.sum(c.n) filter (where c.metric = 'messages_to_resolve') as messages_to_resolve_n,
      stats.sum(c.total) filter (where c.metric = 'messages_to_resolve') as messages_to_resolve_total,
      stats.sum(c.n) filter (where c.metric = 'ratings') as ratings_n,
      stats.sum(c.total) filter (where c.metric = 'ratings') as ratings_total,
      stats.sum(c.n) filter (where c.metric = 'satisfied') as satisfied_n,
      stats.sum(c.n) filter (where c.metric = 'wrapups') as wrapups_n
    from counted c
    group by c.account_id, c.slot, c.agent_id, c.team_id, c.inbox_id
  )
  select t.account_id, s.grain, k.dim, s.starts_at, k.dim_id, stats.sum(t.n),
    nullif(stats.sum(t.dialogs_started_n), 0),
    nullif(stats.sum(t.offered_n), 0),
    nullif(stats.sum(t.handed_off_n), 0),
    nullif(stats.sum(t.handed_off_total), 0),
    nullif(stats.sum(t.queue_wait_n), 0),
    nullif(stats.sum(t.queue_wait_total), 0),
    nullif(stats.sum(t.queue_wait_business), 0),
    nullif(stats.sum(t.first_response_n), 0),
    nullif(stats.sum(t.first_response_total), 0),
    nullif(stats.sum(t.first_response_business), 0),
    nullif(stats.sum(t.first_response_human_n), 0),
    nullif(stats.sum(t.first_response_human_total), 0),
    nullif(stats.sum(t.first_response_human_business), 0),
    nullif(stats.sum(t.first_response_agent_n), 0),
    nullif(stats.sum(t.first_response_agent_total), 0),
    nullif(stats.sum(t.outbound_n), 0),
    nullif(stats.sum(t.reply_time_n), 0),
    nullif(stats.sum(t.reply_time_total), 0),
    nullif(stats.sum(t.reply_time_business), 0),
    nullif(stats.sum(t.resolution_n), 0),
    nullif(stats.sum(t.resolution_total), 0),
    nullif(stats.sum(t.resolution_business), 0),
    nullif(stats.sum(t.active_resolution_n), 0),
    nullif(stats.sum(t.active_resolution_total), 0),
    nullif(stats.sum(t.bot_time_n), 0),
    nullif(stats.sum(t.bot_time_total), 0),
    nullif(stats.sum(t.snoozed_time_n), 0),
    nullif(stats.sum(t.snoozed_time_total), 0),
    nullif(stats.sum(t.assigned_to_resolved_n), 0),
    nullif(stats.sum(t.assigned_to_resolved_total), 0),
    nullif(stats.sum(t.customer_waiting_n), 0),
    nullif(stats.sum(t.customer_waiting_total), 0),
    nullif(stats.sum(t.reopened_n), 0),
    nullif(stats.sum(t.first_contact_resolution_n), 0),
    nullif(stats.sum(t.bot_contained_n), 0),
    nullif(stats.sum(t.abandoned_n), 0),
    nullif(stats.sum(t.short_abandoned_n), 0),
    nullif(stats.sum(t.dropped_n), 0),
    nullif(stats.sum(t.transfers_out_n), 0),
    nullif(stats.sum(t.transfers_in_n), 0),
    nullif(stats.sum(t.handle_time_n), 0),
    nullif(stats.sum(t.handle_time_total), 0),
    nullif(stats.sum(t.dialogs_handled_n), 0),
    nullif(stats.sum(t.dialogs_handled_total), 0),
    nullif(stats.sum(t.messages_received_n), 0),
    nullif(stats.sum(t.messages_sent_n), 0),
    nullif(stats.sum(t.replies_sent_n), 0),
    nullif(stats.sum(t.notes_n), 0),
    nullif(stats.sum(t.mentions_n), 0),
    nullif(stats.sum(t.replies_to_resolve_n), 0),
    nullif(stats.sum(t.replies_to_resolve_total), 0),
    nullif(stats.sum(t.messages_to_resolve_n), 0),
    nullif(stats.sum(t.messages_to_resolve_total), 0),
    nullif(stats.sum(t.ratings_n), 0),
    nullif(stats.sum(t.ratings_total), 0),
    nullif(stats.sum(t.satisfied_n), 0),
    nullif(stats.sum(t.wrapups_n), 0)
  from together t
  join starts s on s.account_id = t.account_id and s.slot = t.slot
  cross join lateral stats._dimensions(t.agent_id, t.team_id, t.inbox_id) k
  where k.dim = any (dims)
  group by t.account_id, s.grain, k.dim, s.starts_at, k.dim_id;
end $$;

comment on function stats._sums_of(
  bigint, timestamptz, timestamptz, stats.changes, stats.grain[], api.dimension[], bigint[], bigint[], bigint[]
) is
  'What is measured, as rows of stats.sums: without changes, what stats.sums must hold of the stored facts of an account; with them, '
  'what they add to it. Days only as far as they are finished. Filters as in stats.measurements().';
