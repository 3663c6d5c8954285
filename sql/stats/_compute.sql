-- Set-based: whatever the number of dialogs, each table is read once, a dialog's rows by a look-up. Joins of what was read
-- are hashed, never nested: planned without knowing how many dialogs are asked for, a nested loop may be quadratic.
-- A dialog lasts from its start to its resolution. What is said after that counts as messages, but changes nothing else;
-- what happened before it is told by the event that starts it.
-- An unresolved dialog in which nothing changed but that more was said, later than all before, goes on from its stored facts: only what
-- came since is read, and only what that changes or adds is returned, however long it has become.
create or replace function stats._compute(stale stats.stale_dialog[]) returns stats.facts
language plpgsql stable
set search_path = pg_catalog, pg_temp
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
      coalesce((stored.facts).previous_resolved_at, previous.resolved_at) as previous_resolved_at,
      coalesce((stored.facts).reopened_at, next.started_at) as reopened_at,
      chat.chat_guid, submitted.as_number, stored.facts as stored, stored.last_message_at is not null as goes_on,
      -- One that waits for its reply is taken up again.
      coalesce((stored.facts).turns - ((stored.facts).waiting_since is not null)::integer, 0) as turns_before,
      case
        when stored.last_message_at is not null then stored.last_message_at + interval '1 microsecond'
        -- What is older than the first dialog belongs to that, what is a millisecond older than a dialog to that one.
        when previous.id is null then '-infinity'
        else d.created_at - interval '1 millisecond'
      end as first_row_at,
      -- A transcript may go on after another chat has begun.
      case when chat.chat_guid is null then coalesce((stored.facts).reopened_at, next.started_at, 'infinity') else 'infinity' end as last_row_before
    from (select s.dialog_id, min(s.since) as since from unnest(stale) s group by s.dialog_id) asked
    cross join lateral (select f.* from chat.dialogs f where f.id = asked.dialog_id offset 0) d
    left join lateral (
      select f as facts, f.last_message_at from stats.dialogs f
      where asked.since > '-infinity' and f.dialog_id = d.id and f.last_message_at < asked.since
        -- What else happened may be looked at later: then it has not only gone on.
        and f.inbox_id = d.inbox_id and f.team_id is not distinct from d.team_id
      offset 0
    ) stored on true
    -- What is next to it and how it ends are known of one that goes on.
    left join lateral (
      select f.id, case when f.status = 1 then f.updated_at end as resolved_at
      from chat.dialogs f
      where stored.last_message_at is null and f.conversation_id = d.conversation_id and f.created_at < d.created_at
      order by f.created_at desc
      limit 1
    ) previous on true
    left join lateral (
      select f.created_at as started_at
      from chat.dialogs f
      where stored.last_message_at is null and f.conversation_id = d.conversation_id and f.created_at > d.created_at
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
    select s.*, a.inbox_id, stats._calendar_of(a.account_id, a.inbox_id) as calendar_of
    from (select distinct d.account_id, d.inbox_id from dialog d) a
    cross join lateral stats._settings(a.account_id) s
  ),

  -- Who had it in which state: an event tells both, until the next one. Of a dialog that goes on it is stored.
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
      where not d.goes_on
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
    union all
    select d.id, s.first_open_at, s.first_assigned_at, s.status_since, s.first_assignee_id, s.bot_ms, s.open_ms, s.snoozed_ms
    from dialog d
    cross join lateral (select (d.stored).*) s
    where d.goes_on
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
    select d.id as dialog_id,
      coalesce((d.stored).first_customer_message_at, s.first_customer_message_at) as first_customer_message_at,
      coalesce((d.stored).first_reply_at, s.first_reply_at) as first_reply_at,
      case when (d.stored).first_reply_at is not null then (d.stored).first_replier_id else s.first_replier_id end as first_replier_id,
      coalesce((d.stored).messages_received, 0) + coalesce(s.messages_received, 0) as messages_received,
      coalesce((d.stored).replies, 0) + coalesce(s.replies, 0) as replies,
      coalesce((d.stored).bot_messages, 0) + coalesce(s.bot_messages, 0) as bot_messages,
      coalesce(s.last_message_at, (d.stored).last_message_at) as last_message_at
    from dialog d
    left join (
      select s.dialog_id,
        min(s.at) filter (where s.is_in_time and s.is_customers) as first_customer_message_at,
        min(s.at) filter (where s.is_in_time and s.is_reply) as first_reply_at,
        (array_agg(s.agent_id order by s.at, s.id) filter (where s.is_in_time and s.is_reply))[1] as first_replier_id,
        count(*) filter (where s.is_in_time and s.is_customers) as messages_received,
        count(*) filter (where s.is_in_time and s.is_reply) as replies,
        count(*) filter (where s.is_in_time and s.is_bots) as bot_messages,
        max(s.at) as last_message_at
      from said s
      group by s.dialog_id
    ) s on s.dialog_id = d.id
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
        from (
          select s.dialog_id, s.at, s.id, s.agent_id, s.is_customers, s.is_reply
          from said s
          where s.is_in_time and (s.is_customers or s.is_reply)
          union all
          -- A turn that waits for its reply goes on.
          select d.id, (d.stored).waiting_since, null, null, true, false from dialog d where (d.stored).waiting_since is not null
        ) s
      ) s
      group by s.dialog_id, s.replies_before
      having bool_or(s.is_customers)
    ) t
  ),
  turns as materialized (
    select t.dialog_id, (d.turns_before + t.n)::integer as n, d.account_id, d.inbox_id, d.team_id, t.agent_id, t.waiting_since, t.replied_at,
      stats._ms(t.replied_at - t.waiting_since) as reply_ms,
      case when t.replied_at is not null then
        (select b.ms from stats._business_ms(d.account_id, s.calendar_of, t.waiting_since, t.replied_at) b)
      end as reply_business_ms
    from turn t
    join dialog d on d.id = t.dialog_id
    join settings s on s.account_id = d.account_id and s.inbox_id = d.inbox_id
  ),
  waits as (
    select d.id as dialog_id, d.turns_before + coalesce(t.turns, 0) as turns, t.waiting_since,
      coalesce((d.stored).customer_waiting_ms, 0) + coalesce(t.customer_waiting_ms, 0) as customer_waiting_ms
    from dialog d
    left join (
      select t.dialog_id, count(*) as turns, max(t.waiting_since) filter (where t.replied_at is null) as waiting_since,
        sum(coalesce(t.reply_ms, stats._ms(d.resolved_at - t.waiting_since))) as customer_waiting_ms
      from turns t
      join dialog d on d.id = t.dialog_id
      group by t.dialog_id
    ) t on t.dialog_id = d.id
  ),

  ownership as materialized (
    select h.dialog_id, row_number() over (partition by h.dialog_id order by h.owner_n) as n, h.user_id as agent_id,
      max(h.previous_user_id) filter (where h.user_id is distinct from h.previous_user_id) as previous_agent_id,
      min(h.at) as began_at, nullif(max(coalesce(h.until, 'infinity')), 'infinity') as ended_at,
      coalesce(range_agg(tstzrange(h.at, h.until)) filter (where h.status = 0), '{}') as handled,
      coalesce(stats._ms(sum(h.until - h.at) filter (where h.status = 0)), 0) as handle_ms
    from happened h
    where h.user_id is not null
    group by h.dialog_id, h.owner_n, h.user_id
    union all
    -- All that more may be said of.
    select o.dialog_id, o.n, o.agent_id, o.previous_agent_id, o.began_at, o.ended_at, o.handled, o.handle_ms
    from dialog d
    cross join lateral (
      select f.* from stats.ownerships f where d.goes_on and f.dialog_id = d.id and f.first_reply_at is null offset 0
    ) o
  ),
  own_reply as (
    select o.dialog_id, o.n, min(s.at) as first_reply_at
    from ownership o
    join said s on s.dialog_id = o.dialog_id and s.agent_id = o.agent_id
      and s.at >= o.began_at and s.at < coalesce(o.ended_at, 'infinity')
    where s.is_reply and s.is_in_time
    group by o.dialog_id, o.n
  ),
  ownerships as (
    select o.dialog_id, o.n::integer, d.account_id, d.inbox_id, d.team_id, o.agent_id, o.previous_agent_id, o.began_at, o.ended_at,
      r.first_reply_at, o.handled, o.handle_ms, d.resolved_at
    from ownership o
    join dialog d on d.id = o.dialog_id
    left join own_reply r on r.dialog_id = o.dialog_id and r.n = o.n
    where not d.goes_on or r.first_reply_at is not null
  ),
  owned as (
    select o.dialog_id, count(distinct o.agent_id) as agents, count(o.previous_agent_id) as transfers, sum(o.handle_ms) as handle_ms
    from ownerships o
    join dialog d on d.id = o.dialog_id
    where not d.goes_on
    group by o.dialog_id
    union all
    select d.id, s.agents, s.transfers, s.handle_ms
    from dialog d
    cross join lateral (select (d.stored).*) s
    where d.goes_on
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
      where not d.goes_on
      group by d.id, stats._slot(m.mentioned_at), m.user_id
    ) c
    join dialog d on d.id = c.dialog_id
  ),

  -- Customers' verdicts and agents' wrap-ups.
  named as materialized (
    select array_agg(row(d.account_id, d.id, d.chat_guid, d.as_number)::stats.named_dialog) as dialogs
    from dialog d
    where d.chat_guid is not null or d.as_number is not null
  ),

  dialogs as (
    select d.id as dialog_id, d.account_id, d.conversation_id, d.inbox_id, d.contact_id, d.team_id, d.status, d.started_at,
      c.first_open_at, c.first_assigned_at, t.first_customer_message_at, t.first_reply_at, d.resolved_at,
      coalesce(c.status_since, d.started_at) as status_since,
      case when d.resolved_at is null then w.waiting_since end as waiting_since,
      c.first_assignee_id, t.first_replier_id, d.assignee_id,
      coalesce(c.bot_ms, 0) as bot_ms, coalesce(c.open_ms, 0) as open_ms, coalesce(c.snoozed_ms, 0) as snoozed_ms,
      w.customer_waiting_ms::bigint as customer_waiting_ms, coalesce(o.handle_ms, 0)::bigint as handle_ms,
      b.queue_wait_business_ms, b.first_response_business_ms, b.first_response_human_business_ms, b.resolution_business_ms,
      coalesce(o.agents, 0)::integer as agents, coalesce(o.transfers, 0)::integer as transfers,
      t.messages_received::integer as messages_received, t.replies::integer as replies, t.bot_messages::integer as bot_messages, w.turns::integer as turns,
      d.previous_resolved_at, d.reopened_at,
      f.is_reopened,
      d.resolved_at is not null and coalesce(o.agents = 1 and o.transfers = 0, false) and not f.is_reopened
        and coalesce(d.started_at - d.previous_resolved_at >= s.reopen_within, true) as is_first_contact_resolution,
      d.resolved_at is not null and coalesce(t.bot_messages > 0 and t.replies = 0, false) as is_bot_contained,
      f.is_abandoned,
      f.is_abandoned and d.resolved_at - c.first_open_at < s.short_abandon as is_short_abandoned,
      d.resolved_at is not null and w.waiting_since is not null as is_dropped,
      r.rating, r.rating >= s.satisfied_from as is_satisfied, r.rated_at,
      u.category_id as wrapup_category_id, u.agent_id as wrapup_agent_id, u.wrapped_up_at,
      case when d.resolved_at is null then t.last_message_at end as last_message_at
    from dialog d
    join settings s on s.account_id = d.account_id and s.inbox_id = d.inbox_id
    left join course c on c.dialog_id = d.id
    join talk t on t.dialog_id = d.id
    join waits w on w.dialog_id = d.id
    left join owned o on o.dialog_id = d.id
    left join (select r.* from named n cross join lateral stats._last_ratings(n.dialogs) r) r on r.dialog_id = d.id
    left join (select w.* from named n cross join lateral stats._last_wrapups(n.dialogs) w) u on u.dialog_id = d.id
    cross join lateral (
      select coalesce(d.reopened_at - d.resolved_at < s.reopen_within, false) as is_reopened,
        d.resolved_at is not null and c.first_open_at is not null and t.first_customer_message_at is not null
          and t.first_reply_at is null as is_abandoned
    ) f
    cross join lateral (
      select
        coalesce((d.stored).queue_wait_business_ms, case when c.first_open_at is not null and c.first_assigned_at is not null then
          (select b.ms from stats._business_ms(d.account_id, s.calendar_of, c.first_open_at, greatest(c.first_assigned_at, c.first_open_at)) b)
        end) as queue_wait_business_ms,
        coalesce((d.stored).first_response_business_ms, case when t.first_reply_at is not null then
          (select b.ms from stats._business_ms(d.account_id, s.calendar_of, d.started_at, greatest(t.first_reply_at, d.started_at)) b)
        end) as first_response_business_ms,
        coalesce((d.stored).first_response_human_business_ms, case when t.first_reply_at is not null and c.first_open_at is not null then
          (select b.ms from stats._business_ms(d.account_id, s.calendar_of, c.first_open_at, greatest(t.first_reply_at, c.first_open_at)) b)
        end) as first_response_human_business_ms,
        case when d.resolved_at is not null then
          (select b.ms from stats._business_ms(d.account_id, s.calendar_of, d.started_at, d.resolved_at) b)
        end as resolution_business_ms
    ) b
  )
  select array(select s.dialog_id from unnest(stale) s),
    array(select row(r.*)::stats.dialogs from dialogs r),
    array(select row(r.*)::stats.turns from turns r),
    array(select row(r.*)::stats.ownerships from ownerships r),
    array(select row(r.*)::stats.message_counts from message_counts r),
    array(select d.id from dialog d where d.goes_on)
  into v_facts;
  return v_facts;
end $$;

comment on function stats._compute(stats.stale_dialog[]) is
  'The facts of dialogs, from the rows of schema chat: each metric''s raw material, defined once. stale are the ids that were asked '
  'for, those of dialogs that are gone included. Of dialogs that go on, only turns and ownerships that have changed, and what was said on top of what was counted.';
