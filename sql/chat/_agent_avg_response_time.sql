create or replace function chat._agent_avg_response_time(dialog_id bigint) returns double precision
language sql stable
set search_path = pg_catalog, pg_temp
return (
  select extract(epoch from avg(turn.replied_at - turn.waiting_since))
  from (
    select min(m.created_at) filter (where m.is_visitor) as waiting_since,
      min(m.created_at) filter (where not m.is_visitor) as replied_at
    from (
      select m.created_at, m.is_visitor,
        count(*) filter (where not m.is_visitor)
          over (order by m.created_at, m.id rows between unbounded preceding and 1 preceding) as turn
      from (
        select n.id, n.created_at, n.message_type = 0 as is_visitor
        from chat.messages n
        where n.conversation_id = (select d.conversation_id from chat.dialogs d where d.id = _agent_avg_response_time.dialog_id)
          and n.dialog_id = _agent_avg_response_time.dialog_id
          and not n.private and (n.message_type = 0 or n.message_type = 1 and n.sender_type = 'User')
      ) m
    ) m
    group by m.turn
  ) turn
  where turn.replied_at > turn.waiting_since
);

comment on function chat._agent_avg_response_time(bigint) is
  'Mean seconds from a visitor''s first unanswered message to the next answer of an agent; null when none answered.';
