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
