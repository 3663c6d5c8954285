--! Previous: sha1:bfebf07208122cc8c0a4ecc02ef2d9813739a31a
--! Hash: sha1:0fd2500b79eb5776618ab143e111fc14877991bc
--! Message: statistics hardening

-- What is said and happens is noted without grouping; a flush reads notes and facts in one snapshot; what is pending is looked for by hash;
-- business hours are looked up in place; a service level is read from its index alone.
-- A mean of 0 is 0. A message that is given another time has the dialog of that. What is truncated, or put while an account changes how it puts, is noted.

--! Included stats/mark_said.sql
-- Activities (message_type 2) are not counted. Once a message: nearly all statements insert one, and to group it took longer than to note it.
create or replace function stats.mark_said() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id, since)
  select c.account_id, c.dialog_id, c.created_at from changed c where c.dialog_id is not null and c.message_type <> 2;
  return null;
end $$;

comment on function stats.mark_said() is 'Notes in which dialogs more was said, and since when.';
--! EndIncluded stats/mark_said.sql
--! Included stats/mark_happened.sql
-- Once an event, as stats.mark_said.
create or replace function stats.mark_happened() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id)
  select c.account_id, c.dialog_id from changed c
  where c.dialog_id is not null and c.name in ('conversation_pending', 'conversation_open', 'conversation_snoozed',
    'conversation_resolved', 'conversation_assigned');
  return null;
end $$;

comment on function stats.mark_happened() is 'Notes in whose dialogs something happened that statistics count.';
--! EndIncluded stats/mark_happened.sql
--! Included stats/_calendar_of.sql
create or replace function stats._calendar_of(account_id bigint, inbox_id bigint) returns bigint
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  select case
    when exists (select from stats.open_spans s where s.account_id = _calendar_of.account_id and s.inbox_id = _calendar_of.inbox_id)
      then inbox_id
    when exists (select from stats.open_spans s where s.account_id = _calendar_of.account_id and s.inbox_id = 0) then 0
  end
$$;

comment on function stats._calendar_of(bigint, bigint) is
  'The inbox whose calendars hold for an inbox: itself, 0 (those of the account), or null: there are none.';
--! EndIncluded stats/_calendar_of.sql
--! Included stats/_business_ms.sql
-- No set search_path, so that it is inlined: what is left is a look-up in an index for each of both moments. The open time until a moment is
-- that of the span which has opened last, without what of it is still to come.
create or replace function stats._business_ms(account_id bigint, calendar_of bigint, since timestamptz, until timestamptz)
returns table (ms bigint)
language sql stable parallel safe rows 1
as $$
  select case
    when until <= since then 0
    when calendar_of is null then stats._ms(until - since)
    else stats._ms(
      (
        select s.open_time - greatest(s.closes - until, interval '0')
        from stats.open_spans s
        where s.account_id = _business_ms.account_id and s.inbox_id = calendar_of and s.opens <= until
        order by s.opens desc
        limit 1
      ) - (
        select s.open_time - greatest(s.closes - since, interval '0')
        from stats.open_spans s
        where s.account_id = _business_ms.account_id and s.inbox_id = calendar_of and s.opens <= since
        order by s.opens desc
        limit 1
      )
    )
  end
$$;

comment on function stats._business_ms(bigint, bigint, timestamptz, timestamptz) is
  'As stats.business_ms(), for a caller that knows whose calendars hold (stats._calendar_of).';
--! EndIncluded stats/_business_ms.sql
--! Included stats/business_ms.sql
create or replace function stats.business_ms(account_id bigint, inbox_id bigint, since timestamptz, until timestamptz) returns bigint
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  select b.ms from stats._business_ms(account_id, stats._calendar_of(account_id, inbox_id), since, until) b
$$;

comment on function stats.business_ms(bigint, bigint, timestamptz, timestamptz) is
  'Milliseconds from since until until within the business hours of an inbox (null: one without calendars of its own). '
  'All of them if there is no calendar, or before the first one.';
--! EndIncluded stats/business_ms.sql
--! Included stats/_compute.sql
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
--! EndIncluded stats/_compute.sql
drop function stats._business_ms(boolean, bigint, bigint, timestamptz, timestamptz);
--! Included stats/_next_pending.sql
-- Stable: notes and what they are about are read in one snapshot. Were the facts read later, they would hold what was said since, and the
-- note of that, still to come, would not be of something later than all before: the dialog would not go on, but be computed whole.
create or replace function stats._next_pending(
  max_dialogs integer, submitted stats.submitted[], out ids bigint[], out dialogs integer, out facts stats.facts, out is_full boolean
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  -- Most dialogs have one or a few; an import leaves one for each message.
  v_most_notes constant bigint := max_dialogs * 50::bigint;
  v_stale stats.stale_dialog[];
begin
  -- No joins: planned while there is nothing to do, they would be nested, and take minutes once there is much.
  with noted as materialized (
    select n.id, n.dialog_id, n.since
    from (
      select r.id, r.dialog_id, r.since, dense_rank() over (order by r.first_id) as nr
      from (
        select f.id, f.dialog_id, f.since, min(f.id) over (partition by f.dialog_id) as first_id
        from (
          select s.id, s.dialog_id, s.since
          from stats.stale s
          where s.id >= (select h.id from stats.horizon h)
          order by s.id
          limit v_most_notes
        ) f
      ) r
    ) n
    where n.nr <= max_dialogs
  )
  select array(select n.id from noted n),
    array(
      select row(c.dialog_id, min(c.since))::stats.stale_dialog
      from (
        select n.dialog_id, n.since from noted n
        union all
        select d, '-infinity'
        from unnest(submitted) s cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
      ) c
      group by c.dialog_id
    )
  into ids, v_stale;
  dialogs := cardinality(v_stale);
  is_full := cardinality(ids) = v_most_notes;
  if dialogs > 0 then
    facts := stats._compute(stats._with_neighbours(v_stale));
  end if;
end $$;

comment on function stats._next_pending(integer, stats.submitted[]) is
  'The facts of the dialogs that have been stale for longest, at most so many, and of those that something was submitted for: how many these are '
  '(dialogs), the notes in stats.stale that were looked at (ids), and whether these are as many as are looked at once (is_full).';
--! EndIncluded stats/_next_pending.sql
--! Included stats/flush.sql
-- What is noted after the facts were read stays, and is looked at again. Readers see all of a flush, or none.
create or replace function stats.flush(max_dialogs integer default 2000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_newest_id bigint;
  v_submitted stats.submitted[];
  v_next record;
begin
  perform chat._require_read_committed('statistics are summed');
  if not pg_try_advisory_xact_lock(hashtextextended('stats.sums', 0)) then
    return 0;
  end if;

  -- Before this transaction has an id of its own: who drew an id of stats.stale until now has an older one.
  if pg_current_xact_id_if_assigned() is null then
    select s.last_value into v_newest_id from stats.stale_id_seq s;
  end if;
  with taken as (
    delete from stats.submitted s
    where s.id in (select f.id from stats.submitted f order by f.id limit max_dialogs)
    returning s
  )
  select array_agg(t.s) into v_submitted from taken t;
  select * into v_next from stats._next_pending(max_dialogs, v_submitted);
  if v_next.ids = '{}' and v_submitted is null then
    return 0;
  end if;

  delete from stats.stale s where s.id = any (v_next.ids);
  perform stats._move_horizon(v_newest_id);
  if v_next.dialogs > 0 then
    perform stats._apply(v_next.facts);
  end if;
  return greatest(v_next.dialogs, cardinality(v_submitted), case when v_next.is_full then max_dialogs end);
end $$;

comment on function stats.flush(integer) is
  'Sums what has changed: computes the facts of so many stale dialogs, adds the difference to the sums and stores the facts. '
  'Returns how many dialogs, or chats that something was submitted for, it took, or, if these have left too many notes for one flush, max_dialogs: '
  'fewer mean that nothing is left. 0: there is nothing to do, or another session does it. Error: PA040.';
--! EndIncluded stats/flush.sql
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
  v_pending stats.facts;
  v_pending_ids bigint[] := '{}';
begin
  if v_account_id is null then
    return;
  end if;
  for v_pending in select * from stats._pending(v_account_id) loop
    v_pending_ids := v_pending_ids || v_pending.stale;
    return query
    select d.status, d.assignee_id, d.waiting_since
    from unnest(v_pending.dialogs) d
    where d.resolved_at is null and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids);
  end loop;
  return query
  select d.status, d.assignee_id, d.waiting_since
  from stats.dialogs d
  -- Hashed: looked for in an array, each dialog would be compared with each pending one.
  where d.account_id = v_account_id and d.resolved_at is null and d.dialog_id not in (select unnest(v_pending_ids))
    and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids);
end $$;

comment on function stats._unresolved(bigint[], bigint[], bigint[]) is
  'What is unresolved this moment, of the agents, teams and inboxes that are asked for; 0: none. As of the last commit.';
--! EndIncluded stats/_unresolved.sql
--! Included stats/_handled.sql
create or replace function stats._handled(
  account_id bigint, since timestamptz, until timestamptz, opens timestamptz, pending stats.facts,
  agent_ids bigint[] default null, team_ids bigint[] default null, inbox_ids bigint[] default null
) returns table (
  agent_id bigint, dialogs integer, handled_before timestamptz[], handled interval, busy tstzmultirange, most integer, most_at timestamptz
)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := account_id;
  v_window constant tstzrange := tstzrange(since, until);
  v_before constant tstzmultirange := tstzmultirange(tstzrange(null, since));
  v_looks_back constant boolean := opens < since;
  v_pending_ids constant bigint[] := coalesce(pending.stale, '{}');
begin
  return query
  select a.agent_id, (select count(distinct d.id)::integer from unnest(a.dialog_ids) d (id)),
    array(select max(r.at) from unnest(a.resumed_ids, a.resumed_at) r (id, at) group by r.id order by 1),
    t.handled, t.busy, p.depth, p.at
  from (
    select h.agent_id, h.dialog_ids, h.resumed_ids, h.resumed_at,
      -- Once: to sort each agent's times by themselves takes half as long as to sort all rows.
      array(select b.at from unnest(h.begins) b (at) order by b.at) as begins,
      array(select e.at from unnest(h.ends) e (at) order by e.at) as ends
    from (
      select s.agent_id, array_agg(s.dialog_id) as dialog_ids,
        array_agg(s.dialog_id) filter (where s.handled_before > opens) as resumed_ids,
        array_agg(s.handled_before) filter (where s.handled_before > opens) as resumed_at,
        array_agg(greatest(lower(s.span), since)) as begins, array_agg(least(upper(s.span), until)) as ends
      from (
        select o.agent_id, o.dialog_id, o.handled_before, unnest(o.handled) as span
        from (
          select s.agent_id, s.dialog_id, s.team_id, s.inbox_id, s.handled,
            case
              when not v_looks_back then null
              when s.n = 1 then upper(s.handled * v_before)
              else (
                select max(upper(e.handled * v_before)) from stats.ownerships e
                where e.dialog_id = s.dialog_id and e.n <= s.n and e.agent_id = s.agent_id
              )
            end as handled_before
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
          -- Hashed: looked for in an array, each would be compared with each pending one.
          where s.handled && v_window and s.dialog_id not in (select unnest(v_pending_ids))
          union all
          select c.agent_id, c.dialog_id, c.team_id, c.inbox_id, c.handled,
            max(upper(c.handled * v_before)) over (partition by c.agent_id, c.dialog_id)
          from unnest(pending.ownerships) c
        ) o
        where (agent_ids is null or o.agent_id = any (agent_ids))
          and (team_ids is null or coalesce(o.team_id, 0) = any (team_ids))
          and (inbox_ids is null or o.inbox_id = any (inbox_ids))
      ) s
      where s.span && v_window
      group by s.agent_id
    ) h
    offset 0
  ) a
  cross join lateral (
    select sum(d.ended_at - d.began_at) as handled, range_agg(tstzrange(d.began_at, d.ended_at)) as busy
    from unnest(a.begins, a.ends) d (began_at, ended_at)
  ) t
  -- When the n-th dialog begins there are n of them, less those that have ended by then.
  cross join lateral (
    select (b.n - width_bucket(b.at, a.ends))::integer as depth, b.at
    from unnest(a.begins) with ordinality b (at, n)
    order by depth desc, b.at
    limit 1
  ) p;
end $$;

comment on function stats._handled(bigint, timestamptz, timestamptz, timestamptz, stats.facts, bigint[], bigint[], bigint[]) is
  'What agents handled (had while it was open) in [since, until), as stats.handled says it of a day: of the stored facts, or with pending '
  'ones in place of those that are stale. opens: when the window begins that this is a part of; what was handled before counts for nothing. '
  '0 among team_ids: no team.';
--! EndIncluded stats/_handled.sql
--! Included stats/mark_puts.sql
create or replace function stats.mark_puts() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
begin
  -- What is put meanwhile waits, and is looked at by the new setting.
  lock table chat.ratings, chat.wrapups in share row exclusive mode;
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
  perform chat._require_read_committed('tables are truncated');
  if tg_table_name = 'dialogs' then
    truncate stats.dialogs, stats.turns, stats.ownerships, stats.message_counts, stats.sums, stats.times, stats.handled,
      stats.stale_days, stats.stale;
  else
    insert into stats.stale (account_id, dialog_id) select d.account_id, d.dialog_id from stats.dialogs d;
  end if;
  return null;
end $$;

comment on function stats.mark_all() is 'After TRUNCATE: without dialogs there is nothing to count; without what is in them all are counted anew. Error: PA040.';
--! EndIncluded stats/mark_all.sql
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

  -- This transaction may stay open until then, and dialogs be counted by the hours of before.
  if lower(v_changed) < broker.now() + interval '1 day' then
    insert into stats.rebuilds (account_id, since, until) values (account_id, lower(v_changed), upper(v_changed));
  end if;
end $$;

comment on function stats._follow_calendars(bigint, bigint[]) is
  'Brings stats.open_spans of these inboxes (0: those without calendars of their own) up to date, 3 years ahead, and has '
  'the time that opened or closed by it computed anew.';
--! EndIncluded stats/_follow_calendars.sql
--! Included stats/triggers.sql
-- What statistics count has changed: that is noted, nothing else. Statements insert and delete, so that a batch costs one insert.
-- Updates are looked at row by row: nearly all of them change nothing that is counted, and a condition that says so costs nothing.
-- Comparing the rows before and after a statement would need a join, whose plan of one row is kept for statements of many.
create or replace trigger _400_mark_inserted after insert on chat.messages
  referencing new table as changed
  for each statement execute function stats.mark_said();
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
  referencing old table as changed
  for each statement execute function stats.mark_dialogs();
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
create or replace trigger _400_mark_inserted after insert on chat.ratings
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.ratings is 'What was submitted may be about a chat that is stored already.';
create or replace trigger _400_mark_updated after update on chat.ratings
  referencing old table as former new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_updated on chat.ratings is 'The chats that they were, and are, about.';
create or replace trigger _400_mark_deleted after delete on chat.ratings
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.ratings is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_inserted after insert on chat.wrapups
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.wrapups is 'What was submitted may be about a chat that is stored already.';
create or replace trigger _400_mark_updated after update on chat.wrapups
  referencing old table as former new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_updated on chat.wrapups is 'The chats that they were, and are, about.';
create or replace trigger _400_mark_deleted after delete on chat.wrapups
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.wrapups is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_inserted after insert on chat.chat_numbers
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.chat_numbers is 'What was submitted for a number is about the chat that has it.';
create or replace trigger _400_mark_updated after update on chat.chat_numbers
  referencing old table as former new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_updated on chat.chat_numbers is 'The chats that had the numbers, and have them.';
create or replace trigger _400_mark_deleted after delete on chat.chat_numbers
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.chat_numbers is 'What was submitted for a number is about no chat any more.';
create or replace trigger _400_mark_inserted after insert on chat.chats
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.chats is 'What names it by guid leaves the chat that it names by number.';
create or replace trigger _400_mark_deleted after delete on chat.chats
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.chats is 'What named it by guid falls to the chat that it names by number.';
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
create or replace trigger _400_mark_truncated after truncate on chat.chats
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.chats is 'What named a chat names none any more.';
create or replace trigger _400_mark_truncated after truncate on chat.chat_numbers
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.chat_numbers is 'What was submitted for a number is about no chat any more.';

-- How it is counted
create or replace trigger _100_lock_sums before insert or update on stats.settings
  for each statement execute function stats.lock_sums();
comment on trigger _100_lock_sums on stats.settings is 'Before any row is locked: who sums locks in that order, too.';
create or replace trigger _200_follow before insert or update on stats.settings
  for each row execute function stats.follow_settings();
comment on trigger _200_follow on stats.settings is 'What has been summed by other settings is summed anew.';
--! EndIncluded stats/triggers.sql
--! Included stats/grants.sql
revoke all on all functions in schema stats from public, parley_analyst, parley_producer, parley_operator, parley_worker;
grant usage on schema stats to parley_analyst, parley_operator, parley_worker;
grant execute on function
  stats.current_account(),
  stats.pending(bigint), stats.pending_dialogs(bigint), stats.pending_changes(bigint), stats.pending_ids(bigint),
  stats.measurements(bigint, timestamptz, timestamptz, stats.changes, api.metric[], bigint[], bigint[], bigint[])
to parley_analyst, parley_producer, parley_operator;
grant execute on function
  stats.flush(integer), stats.finish_days(), stats.keep_handled(integer), stats.work_off_rebuilds(integer), stats.record_verification(), stats.state()
to parley_worker;
grant execute on function
  stats.rebuild(bigint, timestamptz, timestamptz), stats.verify(bigint), stats.record_verification(), stats.state()
to parley_operator;
grant select on all tables in schema stats to parley_operator;
grant insert, update, delete on stats.analysts to parley_operator;
grant update (time_zone, reopen_within, short_abandon, satisfied_from, available_statuses), insert on stats.settings to parley_operator;
-- What reports read, and call with the rights of who asks. Sums they read with the owner's.
grant execute on function
  stats.sum(bigint), stats._ms(interval), stats._bucket(bigint), stats._has_times(api.metric), stats._names(api.dimension),
  stats._is_asked_for(bigint, bigint, bigint, bigint[], bigint[], bigint[]),
  stats._unresolved(bigint[], bigint[], bigint[]),
  stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  stats._sums(stats.reading),
  stats._times(stats.reading, api.metric, boolean)
to parley_analyst;
grant select on stats.settings, stats.dialogs, stats.turns, stats.ownerships, stats.message_counts to parley_analyst;
grant execute on function stats.check_within(interval) to parley_analyst;

-- Business hours are an operator's to set. What follows from them is kept with the owner's rights.
grant insert, update, delete on stats.calendars, stats.calendar_hours, stats.calendar_holidays to parley_operator;
grant select on stats.calendars, stats.calendar_hours, stats.calendar_holidays to parley_analyst;
grant execute on function stats.check_zone(text), stats._name_distance(text, text), stats._ms(interval),
  stats._week_hours(text), stats.set_calendar(bigint, text, text, date, bigint),
  stats.business_ms(bigint, bigint, timestamptz, timestamptz), stats._business_ms(bigint, bigint, timestamptz, timestamptz),
  stats._calendar_of(bigint, bigint)
to parley_operator;
grant execute on function stats.extend_calendars() to parley_worker;
--! EndIncluded stats/grants.sql

-- What api.service_level counts, besides the moment that others look for, too.
create index dialogs_service_level on stats.dialogs (account_id, first_open_at)
  include (dialog_id, inbox_id, team_id, first_assignee_id, first_reply_at, is_abandoned, is_short_abandoned)
  where first_open_at is not null;
drop index stats.dialogs_account_id_first_open_at_idx;

--! Included api/report.sql
-- Inlined, hence no set search_path: what is not selected is not computed, and its plan is kept by whoever prepares the query. That
-- makes it much faster than a report in plpgsql, which computes every column. Sums hold no zeros, but nulls.
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
  n.name,
  coalesce(s.dialogs_started_n, 0),
  coalesce(s.offered_n, 0),
  coalesce(s.handed_off_n, 0),
  coalesce(s.handed_off_total, 0) / 1000::double precision,
  round(coalesce(s.handed_off_total, 0)::double precision / nullif(s.handed_off_n, 0)) / 1000,
  coalesce(s.queue_wait_n, 0),
  coalesce(s.queue_wait_total, 0) / 1000::double precision,
  round(coalesce(s.queue_wait_total, 0)::double precision / nullif(s.queue_wait_n, 0)) / 1000,
  coalesce(s.queue_wait_business, 0) / 1000::double precision,
  round(coalesce(s.queue_wait_business, 0)::double precision / nullif(s.queue_wait_n, 0)) / 1000,
  coalesce(s.first_response_n, 0),
  coalesce(s.first_response_total, 0) / 1000::double precision,
  round(coalesce(s.first_response_total, 0)::double precision / nullif(s.first_response_n, 0)) / 1000,
  coalesce(s.first_response_business, 0) / 1000::double precision,
  round(coalesce(s.first_response_business, 0)::double precision / nullif(s.first_response_n, 0)) / 1000,
  coalesce(s.first_response_human_n, 0),
  coalesce(s.first_response_human_total, 0) / 1000::double precision,
  round(coalesce(s.first_response_human_total, 0)::double precision / nullif(s.first_response_human_n, 0)) / 1000,
  coalesce(s.first_response_human_business, 0) / 1000::double precision,
  round(coalesce(s.first_response_human_business, 0)::double precision / nullif(s.first_response_human_n, 0)) / 1000,
  coalesce(s.first_response_agent_n, 0),
  coalesce(s.first_response_agent_total, 0) / 1000::double precision,
  round(coalesce(s.first_response_agent_total, 0)::double precision / nullif(s.first_response_agent_n, 0)) / 1000,
  coalesce(s.outbound_n, 0),
  coalesce(s.reply_time_n, 0),
  coalesce(s.reply_time_total, 0) / 1000::double precision,
  round(coalesce(s.reply_time_total, 0)::double precision / nullif(s.reply_time_n, 0)) / 1000,
  coalesce(s.reply_time_business, 0) / 1000::double precision,
  round(coalesce(s.reply_time_business, 0)::double precision / nullif(s.reply_time_n, 0)) / 1000,
  coalesce(s.resolution_n, 0),
  coalesce(s.resolution_total, 0) / 1000::double precision,
  round(coalesce(s.resolution_total, 0)::double precision / nullif(s.resolution_n, 0)) / 1000,
  coalesce(s.resolution_business, 0) / 1000::double precision,
  round(coalesce(s.resolution_business, 0)::double precision / nullif(s.resolution_n, 0)) / 1000,
  coalesce(s.active_resolution_n, 0),
  coalesce(s.active_resolution_total, 0) / 1000::double precision,
  round(coalesce(s.active_resolution_total, 0)::double precision / nullif(s.active_resolution_n, 0)) / 1000,
  coalesce(s.bot_time_n, 0),
  coalesce(s.bot_time_total, 0) / 1000::double precision,
  round(coalesce(s.bot_time_total, 0)::double precision / nullif(s.bot_time_n, 0)) / 1000,
  coalesce(s.snoozed_time_n, 0),
  coalesce(s.snoozed_time_total, 0) / 1000::double precision,
  round(coalesce(s.snoozed_time_total, 0)::double precision / nullif(s.snoozed_time_n, 0)) / 1000,
  coalesce(s.assigned_to_resolved_n, 0),
  coalesce(s.assigned_to_resolved_total, 0) / 1000::double precision,
  round(coalesce(s.assigned_to_resolved_total, 0)::double precision / nullif(s.assigned_to_resolved_n, 0)) / 1000,
  coalesce(s.customer_waiting_n, 0),
  coalesce(s.customer_waiting_total, 0) / 1000::double precision,
  round(coalesce(s.customer_waiting_total, 0)::double precision / nullif(s.customer_waiting_n, 0)) / 1000,
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
  round(coalesce(s.handle_time_total, 0)::double precision / nullif(s.handle_time_n, 0)) / 1000,
  coalesce(s.dialogs_handled_n, 0),
  coalesce(s.dialogs_handled_total, 0) / 1000::double precision,
  round(coalesce(s.dialogs_handled_total, 0)::double precision / nullif(s.dialogs_handled_n, 0)) / 1000,
  case when by = 'agent' or agent_ids is not null
    then round(coalesce(s.handle_time_total, 0)::double precision / nullif(s.handle_time_n, 0))
    else round(coalesce(s.dialogs_handled_total, 0)::double precision / nullif(s.dialogs_handled_n, 0))
  end / 1000,
  coalesce(s.messages_received_n, 0),
  coalesce(s.messages_sent_n, 0),
  coalesce(s.replies_sent_n, 0),
  coalesce(s.notes_n, 0),
  coalesce(s.mentions_n, 0),
  coalesce(s.replies_to_resolve_total, 0),
  coalesce(s.replies_to_resolve_total, 0)::double precision / nullif(s.replies_to_resolve_n, 0),
  coalesce(s.messages_to_resolve_total, 0),
  coalesce(s.messages_to_resolve_total, 0)::double precision / nullif(s.messages_to_resolve_n, 0),
  coalesce(s.ratings_n, 0),
  coalesce(s.ratings_total, 0),
  coalesce(s.ratings_total, 0)::double precision / nullif(s.ratings_n, 0),
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
left join stats._names(by) n on n.id = s.id
order by s.period_start, nullif(s.id, 0);
end;

comment on function api.report(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'What happened from since until until, by period and agent, team or inbox: all that is counted. unit: how long the periods '
  'are; without it the whole time is one. since and until are full quarters of an hour; without them it is the last 30 days, '
  'today included. time_zone: whose days; without it the account''s. Filters name the agents, teams or inboxes that something is '
  'credited to; 0: none. Of the account, periods in which nothing happened have a row of zeros; an agent, team or inbox has a '
  'row where something happened. As of the last commit. Errors: PA050 to PA053.';
--! EndIncluded api/report.sql
--! Included api/heatmap.sql
create or replace function api.heatmap(
  metric api.metric,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.heatmap_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
  v_per_unit constant double precision := case when stats._has_times(metric) then 1000 else 1 end;
  v_reading stats.reading;
  -- Not every metric has a total; null: this one has none.
  v_total text;
begin
  if metric is null then
    raise exception using errcode = 'PA056', message = 'no metric is asked for', hint = 'One of enum_range(null::api.metric).';
  end if;
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  -- Days do not tell hours.
  v_reading.piece_grains := '{slot}';
  v_reading.piece_starts := array[v_reading.opens];
  v_reading.piece_ends := array[v_reading.closes];
  select quote_ident(a.attname) into v_total
  from pg_attribute a where a.attrelid = 'stats.sums'::regclass and a.attname = metric || '_total';

  return query execute format($query$
    select d.isodow, h.hour, coalesce(s.n, 0), coalesce(s.total, 0) / $2, round(%3$s::double precision / nullif(s.n, 0) * (1000 / $2)) / 1000
    from generate_series(1, 7) d (isodow)
    cross join generate_series(0, 23) h (hour)
    left join (
      select extract(isodow from l.local)::integer as isodow, extract(hour from l.local)::integer as hour, sum(l.n)::bigint as n,
        sum(l.total)::bigint as total
      from (select f.starts_at at time zone $3 as local, f.%1$I as n, %2$s as total from stats._sums($1) f where num_nonnulls(f.%1$I, %2$s) > 0) l
      group by 1, 2
    ) s on s.isodow = d.isodow and s.hour = h.hour
    order by d.isodow, h.hour
  $query$,
    metric || '_n', coalesce(v_total, 'null::bigint'), case when v_total is null then 'null' else 'coalesce(s.total, 0)' end
  ) using v_reading, v_per_unit, v_reading.zone;
end $$;

comment on function api.heatmap(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'At which hours of the week something happened, all 168 of them. Windows and filters as in report. Errors: PA050 to PA053.';
--! EndIncluded api/heatmap.sql
--! Included chat/keep_message.sql
create or replace function chat.keep_message() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assigned jsonb := old.additional_attributes -> 'user_id_assigned';
begin
  if new.created_at <> old.created_at then
    select coalesce(s.dialog_id, old.dialog_id), coalesce(to_jsonb(s.assignee_id::text), 'null') into new.dialog_id, v_assigned
    from chat._state_at(new.conversation_id, new.created_at) s;
  end if;
  new.additional_attributes := coalesce(new.additional_attributes, '{}') || jsonb_build_object('user_id_assigned', v_assigned);
  if new.updated_at is not distinct from old.updated_at then
    new.updated_at := greatest(broker.clock(), old.updated_at);
  end if;
  return new;
end $$;

comment on function chat.keep_message() is
  'Keeps user_id_assigned and updated_at when a message is changed, and gives it the dialog and assignee of its moment when that changes.';
--! EndIncluded chat/keep_message.sql
