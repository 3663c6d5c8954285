import { type Db, rows } from "../../broker/test-queue.ts";

/** A row that contradicts the log of its conversation, and the rule it breaks. */
export type Violation = { rule: string; conversation_id: number; what: string };

/**
 * What has to hold in schema chat whatever clients did, told from the events alone. Rows of history that came late are
 * named so (content or name begins with "history"): they keep the times they were given, so they may tie and come last.
 */
export function brokenInvariants(db: Db): Promise<Violation[]> {
  return rows<Violation>(
    db,
    `with
     status_events as (
       select e.*, lag(e.name) over same_conversation as before
       from chat.events e
       where e.name in ('conversation_open', 'conversation_resolved', 'conversation_pending', 'conversation_snoozed')
       window same_conversation as (partition by e.conversation_id order by e.created_at, e.id)
     ),
     assignments as (
       select e.*, lag(e.user_id) over same_conversation as before
       from chat.events e
       where e.name = 'conversation_assigned'
       window same_conversation as (partition by e.conversation_id order by e.created_at, e.id)
     ),
     expected_dialogs as (
       select o.conversation_id, o.dialog_id as id, o.created_at as started_at, r.created_at as ended_at
       from status_events o
       left join lateral (
         select r.created_at from status_events r
         where r.conversation_id = o.conversation_id and r.name = 'conversation_resolved' and r.created_at > o.created_at
         order by r.created_at limit 1
       ) r on true
       where o.name <> 'conversation_resolved' and (o.before is null or o.before = 'conversation_resolved')
     ),
     happenings as (
       select 'event ' || e.id || ' ' || e.name as what, e.conversation_id, e.account_id, e.dialog_id, e.created_at as at,
         e.created_at, e.updated_at,
         -- The first response of late history is as late.
         e.name like 'history%' or e.name = 'first_response' and exists (
           select from chat.messages m
           where m.conversation_id = e.conversation_id and m.content like 'history%'
             and m.created_at = e.created_at - interval '1 microsecond'
         ) as late
       from chat.events e
       union all
       select 'message ' || m.id, m.conversation_id, m.account_id, m.dialog_id, m.created_at, m.created_at, m.updated_at,
         coalesce(m.content like 'history%', false)
       from chat.messages m
       union all
       select 'mention ' || n.id, n.conversation_id, n.account_id, n.dialog_id, n.mentioned_at, n.created_at, n.updated_at, true
       from chat.mentions n
     ),
     timed as (
       select h.*, lag(h.what) over same_conversation as other, lag(h.at) over same_conversation as other_at
       from happenings h
       where not h.late
       window same_conversation as (partition by h.conversation_id order by h.at)
     ),
     logged as (
       select e.*, lag(e.created_at) over same_conversation as before
       from chat.events e
       where e.name like 'conversation\\_%'
       window same_conversation as (partition by e.conversation_id order by e.id)
     ),
     first_answers as (
       select distinct on (m.conversation_id) m.*
       from chat.messages m
       where m.message_type = 1 and m.sender_type = 'User' and not m.private
       order by m.conversation_id, m.created_at
     )

     select 'one unresolved dialog while the conversation is unresolved, else none' as rule, c.id as conversation_id,
       format('status %s, %s unresolved dialogs', c.status, d.unresolved) as what
     from chat.conversations c
     cross join lateral (
       select count(*) as unresolved from chat.dialogs d where d.conversation_id = c.id and d.status <> 1
     ) d
     where d.unresolved <> (c.status <> 1)::integer

     union all
     select 'dialogs start and end where the events say', coalesce(d.conversation_id, x.conversation_id),
       format('dialog %s from %s to %s, by the events %s from %s to %s',
         d.id, d.created_at, case d.status when 1 then d.updated_at end, x.id, x.started_at, x.ended_at)
     from chat.dialogs d
     full join expected_dialogs x on x.conversation_id = d.conversation_id and x.started_at = d.created_at
     where d.id is distinct from x.id or case d.status when 1 then d.updated_at end is distinct from x.ended_at

     union all
     select 'all carry the dialog of their moment', h.conversation_id,
       format('%s at %s has dialog %s instead of %s', h.what, h.at, h.dialog_id, d.id)
     from happenings h
     left join lateral (
       select d.id from chat.dialogs d
       where d.conversation_id = h.conversation_id
       -- What is older than the first dialog belongs to it.
       order by d.created_at <= h.at desc, case when d.created_at <= h.at then d.created_at end desc, d.created_at
       limit 1
     ) d on true
     where d.id is distinct from h.dialog_id

     union all
     select 'the conversation has its latest dialog', c.id, format('dialog %s instead of %s', c.dialog_id, d.id)
     from chat.conversations c
     left join lateral (
       select d.id from chat.dialogs d where d.conversation_id = c.id order by d.created_at desc limit 1
     ) d on true
     where c.dialog_id is distinct from d.id

     union all
     select 'an unresolved dialog equals its conversation', c.id, format('%s and %s', to_jsonb(c), to_jsonb(d))
     from chat.conversations c
     join chat.dialogs d on d.id = c.dialog_id
     where c.status <> 1
       and (c.status, c.assignee_id, c.team_id, c.inbox_id, c.contact_id, c.account_id)
         is distinct from (d.status, d.assignee_id, d.team_id, d.inbox_id, d.contact_id, d.account_id)

     union all
     select 'a resolved dialog is as it was when it was resolved', d.conversation_id,
       format('dialog %s has assignee %s instead of %s', d.id, d.assignee_id, a.user_id)
     from chat.dialogs d
     left join lateral (
       select a.user_id from assignments a
       where a.conversation_id = d.conversation_id and a.created_at <= d.updated_at
       order by a.created_at desc limit 1
     ) a on true
     where d.status = 1 and d.assignee_id is distinct from a.user_id

     union all
     select 'status events alternate', e.conversation_id, format('event %s: %s after %s', e.id, e.name, e.before)
     from status_events e
     where e.name = coalesce(e.before, 'conversation_resolved')

     union all
     select 'every change of status is logged', c.id, format('status %s, last event %s', c.status, e.name)
     from chat.conversations c
     left join lateral (
       select e.name from status_events e where e.conversation_id = c.id order by e.created_at desc limit 1
     ) e on true
     where (array['conversation_open', 'conversation_resolved', 'conversation_pending', 'conversation_snoozed'])[c.status + 1]
       <> coalesce(e.name, 'conversation_resolved')

     union all
     select 'no assignment is logged that changes nothing', a.conversation_id, format('event %s: %s after %s', a.id, a.user_id, a.before)
     from assignments a
     where a.user_id is not distinct from a.before

     union all
     select 'every assignment is logged', c.id, format('assignee %s, last event %s', c.assignee_id, a.user_id)
     from chat.conversations c
     left join lateral (
       select a.user_id from assignments a where a.conversation_id = c.id order by a.created_at desc limit 1
     ) a on true
     where c.assignee_id is distinct from a.user_id

     union all
     select 'a message names the assignee of its moment', m.conversation_id,
       format('message %s at %s: %s instead of %s', m.id, m.created_at, m.additional_attributes, a.user_id)
     from chat.messages m
     left join lateral (
       select a.user_id from assignments a
       where a.conversation_id = m.conversation_id and a.created_at <= m.created_at
       order by a.created_at desc limit 1
     ) a on true
     where m.additional_attributes -> 'user_id_assigned' is distinct from coalesce(to_jsonb(a.user_id::text), 'null')

     union all
     select 'no two things happen at once', t.conversation_id, format('%s and %s at %s', t.other, t.what, t.at)
     from timed t
     where t.at = t.other_at

     union all
     select 'triggers log events in their order', l.conversation_id, format('event %s at %s after one at %s', l.id, l.created_at, l.before)
     from logged l
     where l.created_at <= l.before

     union all
     select 'the value of an event is the age of its conversation', e.conversation_id, format('event %s: %s', e.id, e.value)
     from chat.events e
     join chat.conversations c on c.id = e.conversation_id
     where e.value is distinct from floor(extract(epoch from e.created_at - c.created_at))

     union all
     select 'first_response tells of the first public answer of an agent', coalesce(e.conversation_id, m.conversation_id),
       format('event %s and message %s', to_jsonb(e), to_jsonb(m))
     from (select * from chat.events e where e.name = 'first_response') e
     full join first_answers m on m.conversation_id = e.conversation_id
     where (e.created_at, e.dialog_id, e.user_id) is distinct from
       (m.created_at + interval '1 microsecond', m.dialog_id, (m.additional_attributes ->> 'user_id_assigned')::bigint)

     union all
     select 'all belong to the account of their conversation', h.conversation_id, h.what
     from happenings h
     join chat.conversations c on c.id = h.conversation_id
     where h.account_id <> c.account_id

     union all
     select 'nothing is updated before it is created', h.conversation_id, h.what
     from happenings h
     where h.updated_at < h.created_at

     union all
     select 'a conversation is updated with every change', c.id, format('updated at %s, %s at %s', c.updated_at, e.name, e.created_at)
     from chat.conversations c
     join chat.events e on e.conversation_id = c.id and e.name like 'conversation_%'
     where e.created_at > c.updated_at

     union all
     select 'no unresolved conversation waits for a deleted agent', c.id, format('agent %s', u.id)
     from chat.conversations c
     join chat.users u on u.account_id = c.account_id and u.id = c.assignee_id
     where c.status <> 1 and u.deleted_at is not null`,
  );
}
