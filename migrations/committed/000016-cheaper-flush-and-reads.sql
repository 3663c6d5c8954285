--! Previous: sha1:8cbc63fa21e97375eb47a5c490fb54d7946be815
--! Hash: sha1:6649b2890736a8b5b2a56be1b7a89ea321b3c920
--! Message: cheaper flush and reads

-- Changed facts are assigned as rows and measured only where they measure something else; reports read their pieces one by one.

alter type stats.changes add attribute alike bigint[];
comment on column stats.changes.alike is 'Dialogs that differ in nothing that stats.measurements looks at.';

--! Included stats/_with_neighbours.sql
-- A dialog that comes, goes or moves changes what the ones next to it in the conversation say of it: reopened_at and
-- previous_resolved_at. Where it was is asked of its stored facts, too. One in which only more was said is where it was.
create or replace function stats._with_neighbours(stale stats.stale_dialog[]) returns stats.stale_dialog[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_memoize = off
set jit = off
as $$
begin
  return array(
    select row(n.dialog_id, min(n.since))::stats.stale_dialog
    from (
      select a.dialog_id, a.since from unnest(stale) a
      union all
      select neighbour.id, '-infinity'
      from unnest(stale) a
      cross join lateral (
        select p.conversation_id, p.at
        from (
          select d.conversation_id, d.created_at as at from chat.dialogs d where d.id = a.dialog_id
          union all
          select s.conversation_id, s.started_at from stats.dialogs s where s.dialog_id = a.dialog_id
        ) p
        group by p.conversation_id, p.at
        having a.since = '-infinity' or count(*) < 2
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
    ) n
    group by n.dialog_id
  );
end $$;

comment on function stats._with_neighbours(stats.stale_dialog[]) is
  'Dialogs, and those next to them in their conversations that no longer agree with them: each once.';
--! EndIncluded stats/_with_neighbours.sql
--! Included stats/_compute.sql
-- Set-based: whatever the number of dialogs, each table is read once, a dialog's rows by a look-up. Joins of what was read
-- are hashed, never nested: planned without knowing how many dialogs are asked for, a nested loop may be quadratic.
-- A dialog lasts from its start to its resolution. What is said after that counts as messages, but changes nothing else;
-- what happened before it is told by the event that starts it.
-- An unresolved dialog in which nothing changed but that more was said, later than all before, goes on from its stored facts: only what
-- came since is read, and only what that changes is returned, however long it has become.
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
    select s.*, exists (select from stats.open_spans o where o.account_id = a.account_id) as has_calendars
    from (select distinct d.account_id from dialog d) a
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
        stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, t.waiting_since, t.replied_at)
      end as reply_business_ms
    from turn t
    join dialog d on d.id = t.dialog_id
    join settings s on s.account_id = d.account_id
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
    select c.dialog_id, c.slot, c.metric, c.agent_id, d.account_id, d.inbox_id, d.team_id, (c.n + coalesce(b.n, 0))::integer
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
    left join lateral (
      select f.n from stats.message_counts f
      where d.goes_on and f.dialog_id = c.dialog_id and f.slot = c.slot and f.metric = c.metric and f.agent_id = c.agent_id
      offset 0
    ) b on true
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
    join settings s on s.account_id = d.account_id
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
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, c.first_open_at, greatest(c.first_assigned_at, c.first_open_at))
        end) as queue_wait_business_ms,
        coalesce((d.stored).first_response_business_ms, case when t.first_reply_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, d.started_at, greatest(t.first_reply_at, d.started_at))
        end) as first_response_business_ms,
        coalesce((d.stored).first_response_human_business_ms, case when t.first_reply_at is not null and c.first_open_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, c.first_open_at, greatest(t.first_reply_at, c.first_open_at))
        end) as first_response_human_business_ms,
        case when d.resolved_at is not null then
          stats._business_ms(s.has_calendars, d.account_id, d.inbox_id, d.started_at, d.resolved_at)
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
  'for, those of dialogs that are gone included. Of dialogs that go on, only turns, ownerships and counts that have changed.';
--! EndIncluded stats/_compute.sql
--! Included stats/_measure_alike.sql
-- No set search_path, so that it is inlined. How much has been said of a dialog is measured when it is resolved.
create or replace function stats._measure_alike(was stats.dialogs, has_become stats.dialogs) returns boolean
language sql immutable parallel safe
return was.resolved_at is null and has_become.resolved_at is null
  and (
    was.account_id, was.inbox_id, was.team_id, was.started_at, was.first_open_at, was.first_assigned_at, was.first_customer_message_at,
    was.first_reply_at, was.first_assignee_id, was.first_replier_id, was.assignee_id, was.queue_wait_business_ms,
    was.first_response_business_ms, was.first_response_human_business_ms, was.rating, was.is_satisfied, was.rated_at, was.wrapup_agent_id,
    was.wrapped_up_at
  ) is not distinct from (
    has_become.account_id, has_become.inbox_id, has_become.team_id, has_become.started_at, has_become.first_open_at,
    has_become.first_assigned_at, has_become.first_customer_message_at, has_become.first_reply_at, has_become.first_assignee_id,
    has_become.first_replier_id, has_become.assignee_id, has_become.queue_wait_business_ms, has_become.first_response_business_ms,
    has_become.first_response_human_business_ms, has_become.rating, has_become.is_satisfied, has_become.rated_at, has_become.wrapup_agent_id,
    has_become.wrapped_up_at
  );

comment on function stats._measure_alike(stats.dialogs, stats.dialogs) is
  'Whether stats.measurements says the same of an unresolved dialog before and after it changed.';
--! EndIncluded stats/_measure_alike.sql
--! Included stats/_changes.sql
-- Of a dialog that goes on, most facts stay as they are. Facts are whole rows of their tables: an array of records would be assigned by way of text.
create or replace function stats._changes(facts stats.facts) returns stats.changes
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_nestloop = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_added stats.facts;
  v_removed stats.facts;
  v_alike bigint[];
  -- Of the others, what is not among these facts stays.
  v_anew constant bigint[] := array(select unnest(facts.stale) except select unnest(facts.goes_on));
begin
  select array_agg(new) filter (where new.dialog_id is not null), array_agg(old.fact) filter (where old.dialog_id is not null),
    coalesce(array_agg(new.dialog_id) filter (where stats._measure_alike(old.fact, new)), '{}')
  into v_added.dialogs, v_removed.dialogs, v_alike
  from (select f.dialog_id, f as fact from stats.dialogs f where f.dialog_id = any (facts.stale)) old
  full join unnest(facts.dialogs) new on new.dialog_id = old.dialog_id
  where new is distinct from old.fact;

  select array_agg(new) filter (where new.dialog_id is not null), array_agg(old.fact) filter (where old.dialog_id is not null)
  into v_added.turns, v_removed.turns
  from (
    select f.dialog_id, f.n, f as fact from stats.turns f where f.dialog_id = any (v_anew)
    union all
    select f.dialog_id, f.n, f.fact
    from unnest(facts.turns) c
    cross join lateral (select f.dialog_id, f.n, f as fact from stats.turns f where f.dialog_id = c.dialog_id and f.n = c.n offset 0) f
    where c.dialog_id in (select unnest(facts.goes_on))
  ) old
  full join unnest(facts.turns) new on new.dialog_id = old.dialog_id and new.n = old.n
  where new is distinct from old.fact;

  -- All of a dialog computed anew, or none: how long an agent handled it is measured of all of them together.
  select array_agg(c.new_fact) filter (where c.is_new), array_agg(c.old_fact) filter (where c.is_old)
  into v_added.ownerships, v_removed.ownerships
  from (
    select new as new_fact, new.dialog_id is not null as is_new, old.fact as old_fact, old.dialog_id is not null as is_old,
      bool_or(new is distinct from old.fact) over (partition by coalesce(new.dialog_id, old.dialog_id)) as differs
    from (
      select f.dialog_id, f.n, f as fact from stats.ownerships f where f.dialog_id = any (v_anew)
      union all
      select f.dialog_id, f.n, f.fact
      from unnest(facts.ownerships) c
      cross join lateral (select f.dialog_id, f.n, f as fact from stats.ownerships f where f.dialog_id = c.dialog_id and f.n = c.n offset 0) f
      where c.dialog_id in (select unnest(facts.goes_on))
    ) old
    full join unnest(facts.ownerships) new on new.dialog_id = old.dialog_id and new.n = old.n
  ) c
  where c.differs;

  select array_agg(new) filter (where new.dialog_id is not null), array_agg(old.fact) filter (where old.dialog_id is not null)
  into v_added.message_counts, v_removed.message_counts
  from (
    select f.dialog_id, f.slot, f.metric, f.agent_id, f as fact from stats.message_counts f where f.dialog_id = any (v_anew)
    union all
    select f.dialog_id, f.slot, f.metric, f.agent_id, f.fact
    from unnest(facts.message_counts) c
    cross join lateral (
      select f.dialog_id, f.slot, f.metric, f.agent_id, f as fact from stats.message_counts f
      where f.dialog_id = c.dialog_id and f.slot = c.slot and f.metric = c.metric and f.agent_id = c.agent_id
      offset 0
    ) f
    where c.dialog_id in (select unnest(facts.goes_on))
  ) old
  full join unnest(facts.message_counts) new
    on new.dialog_id = old.dialog_id and new.slot = old.slot and new.metric = old.metric and new.agent_id = old.agent_id
  where new is distinct from old.fact;

  return row(v_added, v_removed, v_alike);
end $$;

comment on function stats._changes(stats.facts) is 'How these facts differ from what is stored of their dialogs.';
--! EndIncluded stats/_changes.sql
--! Included stats/measurements.sql
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
    where d.dialog_id not in (select unnest(changes.alike))
    union all
    select -1, d.* from unnest((changes.removed).dialogs) d
    where d.dialog_id not in (select unnest(changes.alike))
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
--! EndIncluded stats/measurements.sql
--! Included stats/_pending.sql
create or replace function stats._pending(account_id bigint) returns setof stats.facts
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  -- So much of it at once takes some 30 MB.
  c_batch constant integer := 2000;
  v_stale stats.stale_dialog[] := stats._stale_dialogs(account_id);
begin
  -- Mostly there are none, and every reader asks.
  if v_stale = '{}' then
    return;
  end if;
  v_stale := stats._with_neighbours(v_stale);
  for i in 1 .. cardinality(v_stale) by c_batch loop
    return next stats._compute(v_stale[i : i + c_batch - 1]);
  end loop;
end $$;

comment on function stats._pending(bigint) is
  'The facts of an account''s dialogs that have changed and are not summed yet, so many dialogs a row: no row if there are none. Of dialogs '
  'that go on, those that change.';
--! EndIncluded stats/_pending.sql
--! Included stats/pending.sql
create or replace function stats.pending(account_id bigint) returns setof stats.facts
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select stats._whole(p) from stats._pending(pending.account_id) p where pending.account_id = stats.current_account()
$$;

comment on function stats.pending(bigint) is
  'All facts of an account''s dialogs that have changed and are not summed yet, so many dialogs a row: no row if there are none. Nothing of '
  'other accounts than one''s own (stats.current_account).';
--! EndIncluded stats/pending.sql
--! Included stats/pending_dialogs.sql
create or replace function stats.pending_dialogs(account_id bigint) returns setof stats.dialogs
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select d.*
  from stats._pending(pending_dialogs.account_id) p
  cross join lateral unnest(p.dialogs) d
  where pending_dialogs.account_id = stats.current_account()
$$;

comment on function stats.pending_dialogs(bigint) is
  'Of stats.pending the dialogs alone, which are had without looking up what has not changed of them.';
--! EndIncluded stats/pending_dialogs.sql
--! Included stats/pending_changes.sql
create or replace function stats.pending_changes(account_id bigint) returns setof stats.changes
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select stats._changes(p) from stats._pending(pending_changes.account_id) p where pending_changes.account_id = stats.current_account()
$$;

comment on function stats.pending_changes(bigint) is
  'How the facts of an account''s dialogs that have changed and are not summed yet differ from the stored ones, so many dialogs a row: no row '
  'if there are none. Nothing of other accounts than one''s own (stats.current_account).';
--! EndIncluded stats/pending_changes.sql
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
) returns setof stats.reading
language plpgsql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  c_quarter constant interval := '15 minutes';
  c_most_periods constant integer := 5000;
  c_grains constant stats.grain[] := '{slot,day,slot}';
  r stats.reading;
  v_own_zone text;
  v_days_until date;
  v_length interval;
  v_filters api.dimension[];
  v_since timestamptz[];
  v_until timestamptz[];
  v_first_day timestamptz;
  v_end_day timestamptz;
  v_bounds timestamptz[];
  -- Not in r, which would be copied with each piece.
  v_piece_grains stats.grain[];
  v_piece_starts timestamptz[];
  v_piece_ends timestamptz[];
begin
  r.account_id := stats.current_account();
  if r.account_id is null then
    return;
  end if;
  select s.time_zone, s.days_until into v_own_zone, v_days_until from stats.settings s where s.account_id = r.account_id;
  v_own_zone := coalesce(v_own_zone, 'UTC');
  r.zone := coalesce(time_zone, v_own_zone);
  if r.zone <> v_own_zone then
    perform stats.check_zone(r.zone);
  end if;

  r.next_slot := stats._slot(broker.now()) + c_quarter;
  r.closes := coalesce(until, r.next_slot);
  r.opens := coalesce(since, (date_trunc('day', (r.closes - c_quarter) at time zone r.zone) - interval '29 days') at time zone r.zone);
  perform stats.check_window(r.opens, r.closes);
  v_length := case unit when 'hour' then interval '1 hour' when 'day' then interval '1 day' end;
  if r.closes - r.opens > c_most_periods * v_length then
    raise exception using
      errcode = 'PA053',
      message = format('from %s until %s are more than %s %ss', r.opens, r.closes, c_most_periods, unit),
      hint = 'Ask for less at a time, or for a longer unit.';
  end if;

  v_filters := array_remove(array[
    case when agent_ids is not null then 'agent' end,
    case when team_ids is not null then 'team' end,
    case when inbox_ids is not null then 'inbox' end
  ]::api.dimension[], null);
  r.grouped_by := by;
  r.dim := case
    when v_filters <@ array[by] then by
    when by = 'account' and cardinality(v_filters) = 1 then v_filters[1]
  end;
  r.ids := coalesce(agent_ids, team_ids, inbox_ids);
  r.agent_ids := agent_ids;
  r.team_ids := team_ids;
  r.inbox_ids := inbox_ids;

  if unit is null then
    r.starts := array[r.opens];
    r.ends := array[r.closes];
  else
    if unit = 'hour' then
      -- Also where clocks are set by half an hour.
      r.starts := array(
        select min(q.at) from generate_series(r.opens, r.closes - c_quarter, c_quarter) q (at)
        group by date_trunc('hour', q.at, r.zone) order by 1
      );
    else
      r.starts := array(
        select distinct greatest(r.opens, local.midnight at time zone r.zone) as start
        from generate_series(
          date_trunc(unit::text, stats._day(r.opens, r.zone)::timestamp), r.closes at time zone r.zone, ('1 ' || unit)::interval
        ) local (midnight)
        where local.midnight at time zone r.zone < r.closes
        order by start
      );
    end if;
    r.ends := r.starts[2:] || r.closes;
  end if;

  if r.dim is null then
    return next r;
    return;
  end if;

  -- Days of the account are read whole where they lie within a period: looked for period by period only where those do not begin with them.
  if unit is null or unit = 'hour' or r.zone = v_own_zone then
    v_since := array[r.opens];
    v_until := array[r.closes];
  else
    v_since := r.starts;
    v_until := r.ends;
  end if;
  for n in 1 .. cardinality(v_since) loop
    v_first_day := case
      when unit = 'hour' then v_until[n]
      else least(stats._first_slot(stats._day(v_since[n] - interval '1 microsecond', v_own_zone) + 1, v_own_zone), v_until[n])
    end;
    v_end_day := greatest(
      stats._first_slot(least(stats._day(v_until[n], v_own_zone), coalesce(v_days_until, '-infinity')), v_own_zone), v_first_day
    );
    v_bounds := array[v_since[n], v_first_day, v_end_day, v_until[n]];
    for piece in 1 .. 3 loop
      if v_bounds[piece] < v_bounds[piece + 1] then
        v_piece_grains := v_piece_grains || c_grains[piece];
        v_piece_starts := v_piece_starts || v_bounds[piece];
        v_piece_ends := v_piece_ends || v_bounds[piece + 1];
      end if;
    end loop;
  end loop;
  r.piece_grains := v_piece_grains;
  r.piece_starts := v_piece_starts;
  r.piece_ends := v_piece_ends;
  return next r;
end $$;

comment on function stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'What a report has to read: no row without an account. Whole finished days of the account are read as such, whatever zone is asked for, '
  'the rest as quarters of an hour. Errors: PA050 to PA053.';
--! EndIncluded stats/_reading.sql
--! Included stats/_sums.sql
-- Security definer, past the policies: with them, conditions on enums could not be looked up in an index. So it asks whose the reading is.
create or replace function stats._sums(reading stats.reading) returns setof stats.sums
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set work_mem = '64MB'
as $$
declare
  v_dim constant api.dimension := coalesce(reading.dim, reading.grouped_by);
  v_changes stats.changes;
  v_empty stats.sums;
begin
  if reading.account_id is distinct from stats.current_account() then
    return;
  end if;
  if reading.dim is not null then
    -- Looked up piece by piece, so that rows are passed on as they are stored: joined to the pieces they would be taken apart.
    for piece in 1 .. cardinality(reading.piece_grains) loop
      return query
      select s.* from stats.sums s
      where s.account_id = reading.account_id and s.grain = reading.piece_grains[piece] and s.dim = reading.dim
        and s.starts_at >= reading.piece_starts[piece] and s.starts_at < reading.piece_ends[piece]
        and (reading.ids is null or s.dim_id = any (reading.ids));
    end loop;
  else
    return query
    select s.* from stats._sums_of(reading.account_id, reading.opens, reading.closes, null, '{slot}', array[v_dim],
      reading.agent_ids, reading.team_ids, reading.inbox_ids) s;
  end if;

  for v_changes in select c.* from stats.pending_changes(reading.account_id) c loop
    return query
    select s.* from stats._sums_of(reading.account_id, reading.opens, reading.closes, v_changes, '{slot}', array[v_dim],
      reading.agent_ids, reading.team_ids, reading.inbox_ids) s;
  end loop;

  if reading.grouped_by = 'account' then
    v_empty.dim_id := 0;
    v_empty.n := 0;
    foreach v_empty.starts_at in array reading.starts loop
      return next v_empty;
    end loop;
  end if;
end $$;

comment on function stats._sums(stats.reading) is
  'Sums that are to be added up by period and dim_id: of finished days, of the quarters around them, and of what has changed since. Exact by the '
  'commit. Of the account each period has a row, with or without sums.';
--! EndIncluded stats/_sums.sql
--! Included stats/_times.sql
-- Security definer, as stats._sums.
create or replace function stats._times(reading stats.reading, metric api.metric, business boolean)
returns table (nr integer, id bigint, ms bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  c_with_business constant api.metric[] := '{queue_wait,first_response,first_response_human,reply_time,resolution}';
  v_metric constant api.metric := metric;
  v_business constant boolean := business;
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
  if reading.account_id is distinct from stats.current_account() then
    return;
  end if;
  if stats.pending_ids(reading.account_id) = '{}' then
    return query select t.* from stats._stored_times(reading, v_metric, v_business) t;
    return;
  end if;

  return query
  with changed as materialized (
    select width_bucket(m.at, reading.starts) as nr, stats._id_of(reading.grouped_by, m.agent_id, m.team_id, m.inbox_id) as id,
      case when v_business then m.business else m.total end * m.n as ms, m.n
    from stats.pending_changes(reading.account_id) p
    cross join lateral stats.measurements(reading.account_id, reading.opens, reading.closes, p, array[v_metric],
      reading.agent_ids, reading.team_ids, reading.inbox_ids) m
  )
  (
    select t.* from stats._stored_times(reading, v_metric, v_business) t
    union all
    select c.nr, c.id, c.ms from changed c where c.n > 0
  )
  except all
  select c.nr, c.id, c.ms from changed c where c.n < 0;
end $$;

comment on function stats._times(stats.reading, api.metric, boolean) is
  'Each time that a metric measured, in milliseconds: in which period, and whose. As of the last commit. Error: PA056.';
--! EndIncluded stats/_times.sql
--! Included stats/_unresolved.sql
-- Security definer, as stats._sums: many ask each second.
create or replace function stats._unresolved(agent_ids bigint[], team_ids bigint[], inbox_ids bigint[])
returns table (status smallint, assignee_id bigint, waiting_since timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := stats.current_account();
  v_pending_ids bigint[];
begin
  if v_account_id is null then
    return;
  end if;
  v_pending_ids := stats.pending_ids(v_account_id);
  return query
  select d.status, d.assignee_id, d.waiting_since
  from stats.dialogs d
  where d.account_id = v_account_id and d.resolved_at is null and d.dialog_id <> all (v_pending_ids)
    and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids);
  if v_pending_ids <> '{}' then
    return query
    select d.status, d.assignee_id, d.waiting_since
    from stats.pending_dialogs(v_account_id) d
    where d.resolved_at is null and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids);
  end if;
end $$;

comment on function stats._unresolved(bigint[], bigint[], bigint[]) is
  'What is unresolved this moment, of the agents, teams and inboxes that are asked for; 0: none. As of the last commit.';
--! EndIncluded stats/_unresolved.sql
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
--! EndIncluded api/dialogs.sql
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
  v_reading stats.reading;
  v_dialog_ids bigint[];
begin
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  v_dialog_ids := array(
    select m.dialog_id
    from (
      select null::stats.changes as changes
      union all
      select p from stats.pending_changes(v_reading.account_id) p
    ) c
    cross join lateral stats.measurements(v_reading.account_id, v_reading.opens, v_reading.closes, c.changes, array[v_metric],
      agent_ids, team_ids, inbox_ids) m
    group by m.dialog_id
    having sum(m.n) > 0
  );
  return query select d.* from api.dialogs d where d.id = any (v_dialog_ids) order by d.started_at, d.id;
end $$;

comment on function api.dialogs_behind(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'The dialogs that report counts under a metric, each once, in the order in which they started, with the same window and filters. Errors: PA050 to PA053.';
--! EndIncluded api/dialogs_behind.sql
