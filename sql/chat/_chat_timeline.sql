create or replace function chat._chat_timeline(chat jsonb,
  out began_at timestamptz, out ended_at timestamptz, out team_id bigint,
  out assignee_ids bigint[], out assigned_at timestamptz[],
  out event_names text[], out event_times timestamptz[], out event_user_ids bigint[])
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chat_type constant integer := coalesce((chat ->> 'chat_type')::integer, 0);
  v_was_missed constant boolean := coalesce((chat ->> 'missed_chat_status')::integer, 0) > 0;
  v_started_at constant timestamptz := chat ->> 'started_at';
  v_requested_at constant timestamptz := chat ->> 'requested_at';
  v_agent_id constant bigint := chat #>> '{agent_ids,0}';
  v_first_message_at timestamptz;
  v_first_answer_at timestamptz;
  v_last_message_at timestamptz;
  v_joined_at timestamptz;
begin
  select min(m.created_at), min(m.created_at) filter (where m.sender_type = 1),
    max(m.created_at) filter (where m.created_at <= (chat ->> 'ended_at')::timestamptz)
  into v_first_message_at, v_first_answer_at, v_last_message_at
  from jsonb_to_recordset(chat -> 'messages') as m (created_at timestamptz, sender_type integer);
  -- What a message implies has happened before: the dialog opens, the agent is assigned, both a microsecond apart, then it is said.
  v_joined_at := v_first_answer_at - interval '2 microseconds';
  began_at := least(
    case when v_requested_at >= v_started_at - interval '30 days' then v_requested_at end,
    v_started_at,
    v_first_message_at - interval '2 microseconds',
    case when v_chat_type = 2 then v_joined_at - interval '1 microsecond' end
  );
  -- Chats that were stored before that was refused may end before they begin.
  ended_at := greatest((chat ->> 'ended_at')::timestamptz, v_last_message_at + interval '2 microseconds', began_at);

  if jsonb_array_length(chat -> 'transfer_logs') > 0 then
    select
      array_agg(t.to_id order by t.at, t.position) filter (where t.transfer_type = 0),
      array_agg(t.at order by t.at, t.position) filter (where t.transfer_type = 0),
      (array_agg(t.to_id order by t.at desc, t.position desc) filter (where t.transfer_type = 1))[1]
    into assignee_ids, assigned_at, team_id
    from (
      select r.transfer_type, r.to_id, r.position, least(greatest(r.transferred_at, began_at), ended_at) as at
      from jsonb_to_recordset(chat._numbered(chat -> 'transfer_logs', '{}'))
        as r (transferred_at timestamptz, transfer_type integer, to_id bigint, if_success boolean, position integer)
      where r.if_success and r.to_id > 0
    ) t;
  end if;
  team_id := coalesce(team_id, (chat ->> 'pre_chat_department_id')::bigint);

  -- Agents have the chat from Start, unless it is the bot's then, and at the latest when one of them writes or transfers it.
  v_joined_at := least(v_joined_at, assigned_at[1], case when v_chat_type <> 2 or v_started_at > began_at then v_started_at end);
  if v_agent_id > 0 and (not v_was_missed or v_first_answer_at is not null or assigned_at is not null) then
    v_joined_at := coalesce(v_joined_at, v_started_at);
    assignee_ids := v_agent_id || assignee_ids;
    assigned_at := least(v_joined_at, ended_at) || assigned_at;
  end if;

  select array_agg(e.name order by e.n), array_agg(e.at order by e.n), array_agg(e.user_id order by e.n)
  into event_names, event_times, event_user_ids
  from (
    select r.name, r.n, coalesce(r.user_id, assignee_ids[width_bucket(r.at, assigned_at)]) as user_id,
      -- What happens at the same moment is told a microsecond apart, as triggers do.
      max(r.at - r.n * interval '1 microsecond') over (order by r.n) + r.n * interval '1 microsecond' as at
    from (
      select h.name, h.at, h.user_id, row_number() over (order by h.at, h.rank, h.position) as n
      from (
        select case v_chat_type when 0 then 'conversation_open' else 'conversation_pending' end,
          began_at, null::bigint, 1, 1
        union all
        select 'conversation_open', least(v_joined_at, ended_at), null, 2, 1 where v_chat_type = 2 and v_joined_at is not null
        union all
        select 'conversation_assigned', a.at, a.user_id, 3, a.position
        from unnest(assigned_at, assignee_ids) with ordinality a (at, user_id, position)
        union all
        select 'conversation_resolved', ended_at, null, 4, 1
      ) h (name, at, user_id, rank, position)
    ) r
  ) e;
  ended_at := event_times[cardinality(event_times)];
end $$;

comment on function chat._chat_timeline(jsonb) is
  'What a chat that came as an event says about time, in the words of the domain model (decision 11): from when to when it '
  'lasted, which agents had it from when on, in order of time, its events, and the department that had it last.';
