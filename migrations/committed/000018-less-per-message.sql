--! Previous: sha1:a56daa8583fef1448264ba7579fc3e21d31af1af
--! Hash: sha1:bfebf07208122cc8c0a4ecc02ef2d9813739a31a
--! Message: less per message

-- What was said in dialogs that go on is counted on top; of one message, a trigger needs no groups.

alter type stats.changes drop attribute alike;
alter type stats.changes add attribute alike stats.dialogs[], add attribute said stats.message_counts[];
comment on type stats.changes is 'Facts that are new, and the stored ones in whose place they are, or that are no longer true. What is alike or said is not among them.';
comment on column stats.changes.alike is 'New facts of dialogs that differ from the stored ones in nothing that stats.measurements looks at.';
comment on column stats.changes.said is 'What was said in dialogs that go on, on top of what was counted.';
comment on column stats.facts.goes_on is
  'Those of the dialogs that go on from their stored facts: of these, only turns and ownerships that have changed are here, and what was said on top '
  'of what was counted.';

--! Included stats/_with_neighbours.sql
-- A dialog that comes, goes or moves changes what the ones next to it in the conversation say of it: reopened_at and
-- previous_resolved_at. Where it was is asked of its stored facts, too. One in which only more was said is where it was: whatever else
-- happens to it is noted as well.
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
      from (select s.dialog_id from unnest(stale) s where s.since = '-infinity') a
      cross join lateral (
        select d.conversation_id, d.created_at as at from chat.dialogs d where d.id = a.dialog_id
        union
        select s.conversation_id, s.started_at from stats.dialogs s where s.dialog_id = a.dialog_id
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
  'for, those of dialogs that are gone included. Of dialogs that go on, only turns and ownerships that have changed, and what was said on top of what was counted.';
--! EndIncluded stats/_compute.sql
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
  v_alike stats.dialogs[];
  v_said stats.message_counts[];
  -- Of the others, what is not among these facts stays.
  v_anew constant bigint[] := array(select unnest(facts.stale) except select unnest(facts.goes_on));
begin
  select array_agg(c.new_fact) filter (where c.is_new and not c.is_alike), array_agg(c.old_fact) filter (where c.is_old and not c.is_alike),
    array_agg(c.new_fact) filter (where c.is_alike)
  into v_added.dialogs, v_removed.dialogs, v_alike
  from (
    select new as new_fact, new.dialog_id is not null as is_new, old.fact as old_fact, old.dialog_id is not null as is_old,
      stats._measure_alike(old.fact, new) as is_alike
    from (select f.dialog_id, f as fact from stats.dialogs f where f.dialog_id = any (facts.stale)) old
    full join unnest(facts.dialogs) new on new.dialog_id = old.dialog_id
    where new is distinct from old.fact
    offset 0
  ) c;

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

  select array_agg(c.new_fact) filter (where c.is_new and not c.goes_on), array_agg(c.old_fact) filter (where c.is_old),
    array_agg(c.new_fact) filter (where c.goes_on)
  into v_added.message_counts, v_removed.message_counts, v_said
  from (
    select new as new_fact, new.dialog_id is not null as is_new, new.dialog_id in (select unnest(facts.goes_on)) as goes_on,
      old.fact as old_fact, old.dialog_id is not null as is_old
    from (
      select f.dialog_id, f.slot, f.metric, f.agent_id, f as fact from stats.message_counts f where f.dialog_id = any (v_anew)
    ) old
    full join unnest(facts.message_counts) new
      on new.dialog_id = old.dialog_id and new.slot = old.slot and new.metric = old.metric and new.agent_id = old.agent_id
    where new is distinct from old.fact
    offset 0
  ) c;

  return row(v_added, v_removed, v_alike, v_said);
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
--! EndIncluded stats/measurements.sql
--! Included stats/_whole.sql
create or replace function stats._whole(facts stats.facts) returns stats.facts
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  facts.turns := facts.turns || array(
    select t from stats.turns t
    where t.dialog_id = any (facts.goes_on) and (t.dialog_id, t.n) not in (select c.dialog_id, c.n from unnest(facts.turns) c)
  );
  facts.ownerships := facts.ownerships || array(
    select o from stats.ownerships o
    where o.dialog_id = any (facts.goes_on) and (o.dialog_id, o.n) not in (select c.dialog_id, c.n from unnest(facts.ownerships) c)
  );
  facts.message_counts := array(
    select row(m.dialog_id, m.slot, m.metric, m.agent_id, m.account_id, m.inbox_id, m.team_id, sum(m.n))::stats.message_counts
    from (
      select * from unnest(facts.message_counts)
      union all
      select * from stats.message_counts c where c.dialog_id = any (facts.goes_on)
    ) m
    group by m.dialog_id, m.slot, m.metric, m.agent_id, m.account_id, m.inbox_id, m.team_id
  );
  facts.goes_on := '{}';
  return facts;
end $$;

comment on function stats._whole(stats.facts) is 'These facts, with the stored ones of dialogs that go on: those that stay as they are, and what more was said is added to.';
--! EndIncluded stats/_whole.sql
--! Included stats/_replace.sql
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
--! EndIncluded stats/_replace.sql
--! Included stats/mark_said.sql
-- Activities (message_type 2) are not counted.
create or replace function stats.mark_said() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Most statements insert one message: grouping it takes longer than all else here.
  if exists (select from changed offset 1) then
    insert into stats.stale (account_id, dialog_id, since)
    select c.account_id, c.dialog_id, min(c.created_at)
    from changed c
    where c.dialog_id is not null and c.message_type <> 2
    group by c.account_id, c.dialog_id;
  else
    insert into stats.stale (account_id, dialog_id, since)
    select c.account_id, c.dialog_id, c.created_at
    from changed c
    where c.dialog_id is not null and c.message_type <> 2;
  end if;
  return null;
end $$;

comment on function stats.mark_said() is 'Notes in which dialogs more was said, and since when, once a statement and dialog.';
--! EndIncluded stats/mark_said.sql
