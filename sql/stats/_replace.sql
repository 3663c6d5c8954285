-- Rows are updated, in place while no indexed moment is new, instead of written anew.
create or replace function stats._replace(changes stats.changes) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
begin
  delete from stats.dialogs s using (
    select r.dialog_id from unnest((changes.removed).dialogs) r
    except
    select a.dialog_id from unnest((changes.added).dialogs) a
  ) gone
  where s.dialog_id = gone.dialog_id;
  insert into stats.dialogs as s
  select * from unnest((changes.added).dialogs || changes.alike)
  on conflict (dialog_id) do update
  set (
    account_id, conversation_id, inbox_id, contact_id, team_id, status, started_at, first_open_at, first_assigned_at,
    first_customer_message_at, first_reply_at, resolved_at, status_since, waiting_since, first_assignee_id, first_replier_id,
    assignee_id, bot_ms, open_ms, snoozed_ms, customer_waiting_ms, handle_ms, queue_wait_business_ms,
    first_response_business_ms, first_response_human_business_ms, resolution_business_ms, agents, transfers, messages_received,
    replies, bot_messages, turns, previous_resolved_at, reopened_at, is_reopened, is_first_contact_resolution,
    is_bot_contained, is_abandoned, is_short_abandoned, is_dropped, rating, is_satisfied, rated_at, wrapup_category_id,
    wrapup_agent_id, wrapped_up_at, last_message_at
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
    excluded.rated_at, excluded.wrapup_category_id, excluded.wrapup_agent_id, excluded.wrapped_up_at, excluded.last_message_at
  );

  delete from stats.turns s using (
    select r.dialog_id, r.n from unnest((changes.removed).turns) r
    except
    select a.dialog_id, a.n from unnest((changes.added).turns) a
  ) gone
  where s.dialog_id = gone.dialog_id and s.n = gone.n;
  insert into stats.turns
  select * from unnest((changes.added).turns)
  on conflict (dialog_id, n) do update
  set (account_id, inbox_id, team_id, agent_id, waiting_since, replied_at, reply_ms, reply_business_ms)
    = row (
      excluded.account_id, excluded.inbox_id, excluded.team_id, excluded.agent_id, excluded.waiting_since,
      excluded.replied_at, excluded.reply_ms, excluded.reply_business_ms
    );

  delete from stats.ownerships s using (
    select r.dialog_id, r.n from unnest((changes.removed).ownerships) r
    except
    select a.dialog_id, a.n from unnest((changes.added).ownerships) a
  ) gone
  where s.dialog_id = gone.dialog_id and s.n = gone.n;
  insert into stats.ownerships
  select * from unnest((changes.added).ownerships)
  on conflict (dialog_id, n) do update
  set (account_id, inbox_id, team_id, agent_id, previous_agent_id, began_at, ended_at, first_reply_at, handled, handle_ms, resolved_at)
    = row (
      excluded.account_id, excluded.inbox_id, excluded.team_id, excluded.agent_id, excluded.previous_agent_id,
      excluded.began_at, excluded.ended_at, excluded.first_reply_at, excluded.handled, excluded.handle_ms,
      excluded.resolved_at
    );

  delete from stats.message_counts s using (
    select r.dialog_id, r.slot, r.metric, r.agent_id from unnest((changes.removed).message_counts) r
    except
    select a.dialog_id, a.slot, a.metric, a.agent_id from unnest((changes.added).message_counts) a
  ) gone
  where s.dialog_id = gone.dialog_id and s.slot = gone.slot and s.metric = gone.metric and s.agent_id = gone.agent_id;
  insert into stats.message_counts
  select * from unnest((changes.added).message_counts)
  on conflict (dialog_id, slot, metric, agent_id) do update
  set (account_id, inbox_id, team_id, n)
    = row (excluded.account_id, excluded.inbox_id, excluded.team_id, excluded.n);
  insert into stats.message_counts as s
  select * from unnest(changes.said)
  on conflict (dialog_id, slot, metric, agent_id) do update set n = s.n + excluded.n;
end $$;

comment on function stats._replace(stats.changes) is 'Stores the facts that are new, in place of those that they differ from.';
