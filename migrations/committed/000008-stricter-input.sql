--! Previous: sha1:84ad52869227e4bd2b6572a1849651f4a0936099
--! Hash: sha1:7008d4362af1742480f773ab445d3ea71520b75f
--! Message: stricter input

-- What has no file of its own: columns of types.
comment on column api.conversation.id is E'@notNull\nUnique in the whole database.';
comment on column api.conversation.account_id is E'@notNull\nThe account.';
comment on column api.conversation.inbox_id is E'@notNull\nWhere the customer writes.';
comment on column api.conversation.created_at is E'@notNull\nWhen it was opened first.';
comment on column api.conversation.updated_at is E'@notNull\nWhen it changed last.';
comment on column api.message.id is E'@notNull\nUnique in the whole database.';
comment on column api.message.conversation_id is E'@notNull\nThe conversation.';
comment on column api.message.created_at is E'@notNull\nWhen it was written.';
comment on column api.presence_row.agent_id is E'@notNull\nThe agent.';
comment on column api.presence_row.agent_name is E'@notNull\nName of the agent.';
comment on column api.concurrency_row.agent_id is E'@notNull\nThe agent.';
comment on column api.concurrency_row.agent_name is E'@notNull\nName of the agent.';
comment on column api.live_agent_row.id is E'@notNull\nThe agent.';
comment on column api.conversation.contact_id is 'The customer.';
comment on column api.conversation.team_id is 'The team that has it; null: none.';

-- Statements are noted, not rows.
drop trigger _400_mark on chat.ratings;
drop trigger _400_mark on chat.wrapups;
drop trigger _400_mark on chat.chat_numbers;

--! Included stats/compute.sql
-- Set-based: whatever the number of dialogs, each table is read once, a dialog's rows by a look-up. Joins of what was read
-- are hashed, never nested: planned without knowing how many dialogs are asked for, a nested loop may be quadratic.
-- A dialog lasts from its start to its resolution. What is said after that counts as messages, but changes nothing else;
-- what happened before it is told by the event that starts it.
create or replace function stats.compute(dialog_ids bigint[]) returns stats.facts
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
--! Included stats/mark_submitted.sql
-- The chat itself is not looked for: the transaction that stores it, or says which number it has, may not have ended yet.
create or replace function stats.mark_submitted() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    insert into stats.submitted (account_id, chat_guid, chat_number)
    select (r.changed ->> 'account_id')::bigint, r.changed ->> 'chat_guid', (r.changed ->> 'chat_number')::integer
    from (select to_jsonb(f) from former f union all select to_jsonb(c) from changed c) r (changed)
    group by 1, 2, 3;
  else
    insert into stats.submitted (account_id, chat_guid, chat_number)
    select (r.changed ->> 'account_id')::bigint, r.changed ->> 'chat_guid', (r.changed ->> 'chat_number')::integer
    from (select to_jsonb(c) from changed c) r (changed)
    group by 1, 2, 3;
  end if;
  return null;
end $$;

comment on function stats.mark_submitted() is
  'Notes about which chats ratings, wrap-ups or numbers were and are, once a statement and chat.';
--! EndIncluded stats/mark_submitted.sql
--! Included stats/mark_dialog.sql
create or replace function stats.mark_dialog() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id) values (old.account_id, old.id);
  return null;
end $$;

comment on function stats.mark_dialog() is 'Notes a dialog whose own row changed in a way that no event tells.';
--! EndIncluded stats/mark_dialog.sql
--! Included stats/mark_dialogs.sql
create or replace function stats.mark_dialogs() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.stale (account_id, dialog_id) select c.account_id, c.id from changed c;
  return null;
end $$;

comment on function stats.mark_dialogs() is 'Notes dialogs that are gone.';
--! EndIncluded stats/mark_dialogs.sql
--! Included stats/triggers.sql
-- What statistics count has changed: that is noted, nothing else. Statements insert and delete, so that a batch costs one insert.
-- Updates are looked at row by row: nearly all of them change nothing that is counted, and a condition that says so costs nothing.
-- Comparing the rows before and after a statement would need a join, whose plan of one row is kept for statements of many.
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
--! Included broker/prepare_event.sql
create or replace function broker.prepare_event() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- It would be kept for ever, and nobody has waited for it.
  if not isfinite(new.run_at) or new.run_at > broker.now() + interval '100 years' then
    raise exception using
      errcode = 'PA043',
      message = format('an event cannot wait until %s', new.run_at),
      hint = 'Give a run_at within the next 100 years, or none.';
  end if;
  if new.dedupe_id is not null then
    insert into broker.dedupe_ids (dedupe_id, event_id) values (new.dedupe_id, new.id)
    on conflict (dedupe_id) do nothing;
    if not found then
      return null;
    end if;
  end if;
  if new.run_at <= broker.now() then
    new.run_at := null;
  end if;
  if new.run_at is not null then
    perform broker._schedule(new);
  end if;
  return new;
end $$;

comment on function broker.prepare_event() is
  'What only some events need. One whose dedupe_id was put before is skipped; that waits for a concurrent put of the same '
  'dedupe_id, and for no other. One with a time ahead is put aside; a time that has come is none.';
--! EndIncluded broker/prepare_event.sql
--! Included broker/put_event.sql
create or replace function broker.put_event(
  name text,
  data jsonb,
  key text default null,
  dedupe_id text default null,
  run_at timestamptz default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event_id bigint;
begin
  if put_event.name is null or put_event.data is null then
    raise exception using
      errcode = 'PA004',
      message = format('put_event: %s must not be null', case when put_event.name is null then 'name' else 'data' end),
      hint = 'Give the event''s name and its JSON document.';
  end if;
  insert into broker.events (name, data, key, dedupe_id, run_at)
  values (put_event.name, put_event.data, put_event.key, put_event.dedupe_id, put_event.run_at)
  returning id into v_event_id;
  if v_event_id is null then
    select d.event_id into v_event_id from broker.dedupe_ids d where d.dedupe_id = put_event.dedupe_id;
  end if;
  return v_event_id;
end $$;

comment on function broker.put_event(text, jsonb, text, text, timestamptz) is
  'Puts one event and returns its id; for a dedupe_id put before, changes nothing and returns the first put''s id. Errors: PA001, PA004, PA043.';
--! EndIncluded broker/put_event.sql
--! Included stats/check_within.sql
create or replace function stats.check_within(within interval) returns void
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- 20 years, as windows; in days, since years are compared with intervals as if they had 360.
  if (within between interval '0' and interval '7305 days') is not true then
    raise exception using
      errcode = 'PA055',
      message = format('%s is no time within which something may happen', coalesce(within::text, 'null')),
      hint = 'Give a time from 0 to 20 years.';
  end if;
end $$;

comment on function stats.check_within(interval) is 'Refuses limits that are missing, negative or absurd (PA055).';
--! EndIncluded stats/check_within.sql
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
  perform stats.check_within(v_within);
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
  'filters as in report. Errors: PA050 to PA053, PA055.';
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
  perform stats.check_within(within);
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
  'reopened of report, for any time. Windows and filters as in report. Errors: PA050 to PA053, PA055.';
--! EndIncluded api/reopening.sql
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
  'SiteId is taken from the token if that names an account. Errors: PA001, PA020, PA030, PA043.';
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
  'Puts events, at most 1,000, all or none, and gives their ids in the same order. Each as putEvent does. Errors: PA001, PA020, PA030, PA042, PA043.';
--! EndIncluded api/put_events.sql
--! Included stats/grants.sql
revoke all on all functions in schema stats from public;
grant usage on schema stats to parley_analyst, parley_operator, parley_worker;
grant execute on function
  stats.current_account(),
  stats.pending(bigint), stats.pending_ids(bigint),
  stats.measurements(bigint, timestamptz, timestamptz, stats.facts, api.metric[], bigint[], bigint[], bigint[])
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
  stats.business_ms(bigint, bigint, timestamptz, timestamptz)
to parley_operator;
grant execute on function stats.extend_calendars() to parley_worker;
--! EndIncluded stats/grants.sql
--! Included api/accounts.sql
create or replace view api.accounts with (security_invoker = true) as
select a.id, a.name, a.created_at
from chat.accounts a;

comment on view api.accounts is E'@primaryKey id\nThe account that the session reads.';
comment on column api.accounts.id is E'@notNull\nSiteId of events.';
comment on column api.accounts.name is E'@notNull\nIts name.';
comment on column api.accounts.created_at is E'@notNull\nWhen it was made here.';
--! EndIncluded api/accounts.sql
--! Included api/agents.sql
create or replace view api.agents with (security_invoker = true) as
select u.id, u.account_id, u.name, u.created_at, u.deleted_at
from chat.users u;

comment on view api.agents is E'@primaryKey id\nAgents, those who left included: history names them.';
comment on column api.agents.id is E'@notNull\nAgentId of events.';
comment on column api.agents.account_id is E'@notNull\nThe account.';
comment on column api.agents.name is E'@notNull\nThe name.';
comment on column api.agents.created_at is E'@notNull\nWhen it was made here.';
comment on column api.agents.deleted_at is 'When the agent left; null: is still there.';
--! EndIncluded api/agents.sql
--! Included api/teams.sql
create or replace view api.teams with (security_invoker = true) as
select t.id, t.account_id, t.name, t.created_at, t.deleted_at
from chat.teams t;

comment on view api.teams is E'@primaryKey id\nGroups of agents, dissolved ones included: history names them.';
comment on column api.teams.id is E'@notNull\nDepartmentId of events.';
comment on column api.teams.account_id is E'@notNull\nThe account.';
comment on column api.teams.name is E'@notNull\nIts name.';
comment on column api.teams.created_at is E'@notNull\nWhen it was made here.';
comment on column api.teams.deleted_at is 'When the team was dissolved; null: is still there.';
--! EndIncluded api/teams.sql
--! Included api/inboxes.sql
create or replace view api.inboxes with (security_invoker = true) as
select i.id, i.account_id, i.name, i.channel_type, i.identifier, i.created_at, i.deleted_at
from chat.inboxes i;

comment on view api.inboxes is E'@primaryKey id\nWhere contacts write to, closed ones included: history names them.';
comment on column api.inboxes.id is E'@notNull\nUnique in the whole database.';
comment on column api.inboxes.account_id is E'@notNull\nThe account.';
comment on column api.inboxes.name is E'@notNull\nIts name.';
comment on column api.inboxes.channel_type is 'Through what contacts write, such as a website.';
comment on column api.inboxes.identifier is 'The client''s own name of it.';
comment on column api.inboxes.created_at is E'@notNull\nWhen it was made here.';
comment on column api.inboxes.deleted_at is 'When the inbox was closed; null: is still there.';
--! EndIncluded api/inboxes.sql
