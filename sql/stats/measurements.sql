-- A branch for each moment that something is measured at, a line for each metric. A branch reads what is stored by the index of
-- its moment, and what has changed from `changes`; one whose metrics are not asked for is not run. Selects, since the expressions of
-- a VALUES list are prepared anew for every row: five times as slow; of equal types, so that they are one plan. Planned once a
-- session, without regard to how much is stored: so no scans (decision 7).
create or replace function stats.measurements(of_account_id bigint, since timestamptz, until timestamptz, changes stats.changes,
  metrics api.metric[] default null, agent_ids bigint[] default null, team_ids bigint[] default null,
  inbox_ids bigint[] default null)
returns table (account_id bigint, metric api.metric, at timestamptz, agent_id bigint, team_id bigint, inbox_id bigint, dialog_id bigint,
  n bigint, total bigint, business bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := of_account_id;
  v_stored constant boolean := changes is null;
begin
  return query
  with dialogs as materialized (
    select 1 as sign, d.* from unnest((changes.added).dialogs) d
    union all
    select -1, d.* from unnest((changes.removed).dialogs) d
  ),
  turns as materialized (
    select 1 as sign, t.* from unnest((changes.added).turns) t
    union all
    select -1, t.* from unnest((changes.removed).turns) t
  ),
  ownerships as materialized (
    select 1 as sign, o.* from unnest((changes.added).ownerships) o
    union all
    select -1, o.* from unnest((changes.removed).ownerships) o
  ),
  message_counts as materialized (
    select 1 as sign, c.* from unnest((changes.added).message_counts) c
    union all
    select -1, c.* from unnest((changes.removed).message_counts) c
    union all
    select 1, c.* from unnest(changes.said) c
  ),
  measured as (
    select d.account_id, 'dialogs_started'::api.metric as metric, d.started_at as at, d.first_assignee_id as agent_id, d.team_id, d.inbox_id,
      d.dialog_id, d.sign::bigint as n, 0::bigint as total, 0::bigint as business
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.started_at >= since and s.started_at < until
      union all
      select c.* from dialogs c where c.started_at >= since and c.started_at < until
    ) d
    where metrics is null or 'dialogs_started' = any (metrics)

    union all
    select d.account_id, m.metric, d.first_open_at, d.first_assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.ms, 0
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_open_at >= since and s.first_open_at < until
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
    select d.account_id, 'queue_wait', d.queued_until, d.first_assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign,
      d.sign * stats._ms(d.queued_until - d.first_open_at), d.sign * d.queue_wait_business_ms
    from (
      select 1 as sign, s.account_id, s.first_assigned_at as queued_until, s.dialog_id, s.inbox_id, s.team_id, s.first_assignee_id, s.first_open_at,
        s.queue_wait_business_ms
      from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_assigned_at >= since and s.first_assigned_at < until
        and s.first_assigned_at >= s.first_open_at
      union all
      select 1, s.account_id, s.first_open_at, s.dialog_id, s.inbox_id, s.team_id, s.first_assignee_id, s.first_open_at, s.queue_wait_business_ms
      from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_open_at >= since and s.first_open_at < until
        and s.first_open_at > s.first_assigned_at
      union all
      select c.sign, c.account_id, q.at, c.dialog_id, c.inbox_id, c.team_id, c.first_assignee_id, c.first_open_at, c.queue_wait_business_ms
      from dialogs c
      cross join lateral (select greatest(c.first_assigned_at, c.first_open_at) as at) q
      where c.first_assigned_at is not null and c.first_open_at is not null and q.at >= since and q.at < until
    ) d
    where metrics is null or 'queue_wait' = any (metrics)

    union all
    select d.account_id, m.metric, d.first_reply_at, d.first_replier_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.ms, d.sign * m.business_ms
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.first_reply_at >= since and s.first_reply_at < until
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
    select d.account_id, m.metric, d.resolved_at, d.assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.total, d.sign * m.business_ms
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.resolved_at >= since and s.resolved_at < until
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
    select d.account_id, m.metric, d.rated_at, d.assignee_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, d.sign * m.total, 0
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.rated_at >= since and s.rated_at < until
      union all
      select c.* from dialogs c where c.rated_at >= since and c.rated_at < until
    ) d
    cross join lateral (
      select 'ratings'::api.metric, true, d.rating
      union all select 'satisfied', d.is_satisfied, 0
    ) m (metric, counts, total)
    where m.counts and (metrics is null or metrics && '{ratings,satisfied}')

    union all
    select d.account_id, 'wrapups', d.wrapped_up_at, d.wrapup_agent_id, d.team_id, d.inbox_id, d.dialog_id, d.sign, 0, 0
    from (
      select 1 as sign, s.* from stats.dialogs s
      where v_stored and s.account_id = v_account_id and s.wrapped_up_at >= since and s.wrapped_up_at < until
      union all
      select c.* from dialogs c where c.wrapped_up_at >= since and c.wrapped_up_at < until
    ) d
    where metrics is null or 'wrapups' = any (metrics)

    union all
    select t.account_id, 'reply_time', t.replied_at, t.agent_id, t.team_id, t.inbox_id, t.dialog_id, t.sign, t.sign * t.reply_ms, t.sign * t.reply_business_ms
    from (
      select 1 as sign, s.* from stats.turns s
      where v_stored and s.account_id = v_account_id and s.replied_at >= since and s.replied_at < until
      union all
      select c.* from turns c where c.replied_at >= since and c.replied_at < until
    ) t
    where metrics is null or 'reply_time' = any (metrics)

    union all
    select o.account_id, m.metric, o.began_at, m.agent_id, o.team_id, o.inbox_id, o.dialog_id, o.sign, 0, 0
    from (
      select 1 as sign, s.* from stats.ownerships s
      where v_stored and s.account_id = v_account_id and s.began_at >= since and s.began_at < until
      union all
      select c.* from ownerships c where c.began_at >= since and c.began_at < until
    ) o
    cross join lateral (
      select 'transfers_out'::api.metric, o.previous_agent_id
      union all select 'transfers_in', o.agent_id
    ) m (metric, agent_id)
    where o.previous_agent_id is not null and (metrics is null or metrics && '{transfers_out,transfers_in}')

    union all
    select o.account_id, 'first_response_agent', o.first_reply_at, o.agent_id, o.team_id, o.inbox_id, o.dialog_id, o.sign,
      o.sign * stats._ms(o.first_reply_at - o.began_at), 0
    from (
      select 1 as sign, s.* from stats.ownerships s
      where v_stored and s.account_id = v_account_id and s.first_reply_at >= since and s.first_reply_at < until
      union all
      select c.* from ownerships c where c.first_reply_at >= since and c.first_reply_at < until
    ) o
    where metrics is null or 'first_response_agent' = any (metrics)

    union all
    -- Once for a dialog and agent, however often the agent had it.
    select o.account_id, 'handle_time', o.resolved_at, o.agent_id, o.team_id, o.inbox_id, o.dialog_id, o.sign, o.sign * sum(o.handle_ms)::bigint, 0
    from (
      select 1 as sign, s.* from stats.ownerships s
      where v_stored and s.account_id = v_account_id and s.resolved_at >= since and s.resolved_at < until
      union all
      select c.* from ownerships c where c.resolved_at >= since and c.resolved_at < until
    ) o
    where metrics is null or 'handle_time' = any (metrics)
    group by o.sign, o.account_id, o.dialog_id, o.agent_id, o.resolved_at, o.team_id, o.inbox_id
    having sum(o.handle_ms) > 0

    union all
    select c.account_id, c.metric, c.slot, c.agent_id, c.team_id, c.inbox_id, c.dialog_id, c.sign * c.n, 0, 0
    from (
      select 1 as sign, s.* from stats.message_counts s
      where v_stored and s.account_id = v_account_id and s.slot >= since and s.slot < until
      union all
      select c.* from message_counts c where c.slot >= since and c.slot < until
    ) c
    where metrics is null or metrics && '{messages_received,messages_sent,replies_sent,notes,mentions}'
  )
  select m.account_id, m.metric, m.at, coalesce(m.agent_id, 0), coalesce(m.team_id, 0), m.inbox_id, m.dialog_id, m.n, m.total, coalesce(m.business, 0)
  from measured m
  where (metrics is null or m.metric = any (metrics))
    and (agent_ids is null or coalesce(m.agent_id, 0) = any (agent_ids))
    and (team_ids is null or coalesce(m.team_id, 0) = any (team_ids))
    and (inbox_ids is null or m.inbox_id = any (inbox_ids));
end $$;

comment on function stats.measurements(bigint, timestamptz, timestamptz, stats.changes, api.metric[], bigint[], bigint[], bigint[]) is
  'What each metric counts: the definition of all of them. One row a measurement: its moment, in [since, until), whom it is credited '
  'to (0: nobody, no team), how many (n), the sum (total; milliseconds, unless the metric counts something else), and the part of '
  'it in business hours. Without changes, of the stored facts of the account; with them, what they add, of '
  'whatever account, and what they take away (n is negative). Filters name who is credited.';
