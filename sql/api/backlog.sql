create or replace function api.backlog(
  unit api.unit default 'day',
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.backlog_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_reading stats.reading;
  v_later stats.reading;
  v_periods integer;
  -- Sums name the first agent of a dialog that started, and the last one of a dialog that was resolved.
  v_from_sums boolean;
begin
  select r.* into v_reading from stats._reading('account', unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  v_periods := cardinality(v_reading.starts);
  -- Sums of more than 20 years are refused.
  v_from_sums := agent_ids is null and v_reading.dim is not null and v_reading.next_slot <= v_reading.closes + interval '20 years';

  if v_from_sums and v_reading.next_slot > v_reading.closes then
    select r.* into v_later
    from stats._reading('account', null, v_reading.closes, v_reading.next_slot, time_zone, agent_ids, team_ids, inbox_ids) r;
  end if;

  -- From those that are unresolved now back in time. What happened after the window is a period more.
  return query
  with happened as (
    select width_bucket(s.starts_at, v_reading.starts) as nr, s.dialogs_started_n as started, s.resolution_n as resolved
    from stats._sums(v_reading) s
    where v_from_sums
    union all
    select v_periods + 1, s.dialogs_started_n, s.resolution_n from stats._sums(v_later) s
    union all
    select case when c.at >= v_reading.closes then v_periods + 1 else width_bucket(c.at, v_reading.starts) end, c.started, c.resolved
    from (
      select d.started_at as at, 1 as started, null::integer as resolved, d.*
      from api.dialogs d where not v_from_sums and d.started_at >= v_reading.opens
      union all
      select d.resolved_at, null, 1, d.* from api.dialogs d where not v_from_sums and d.resolved_at >= v_reading.opens
    ) c
    where stats._is_asked_for(c.assignee_id, c.team_id, c.inbox_id, agent_ids, team_ids, inbox_ids)
  ),
  counted as (
    select p.nr, coalesce(sum(h.started), 0)::bigint as started, coalesce(sum(h.resolved), 0)::bigint as resolved
    from generate_series(1, v_periods + 1) p (nr)
    left join happened h on h.nr = p.nr
    group by p.nr
  ),
  unresolved as (
    select count(*) as n from api.dialogs d
    where d.resolved_at is null and stats._is_asked_for(d.assignee_id, d.team_id, d.inbox_id, agent_ids, team_ids, inbox_ids)
  )
  select v_reading.starts[c.nr], v_reading.ends[c.nr], c.started, c.resolved,
    (u.n - sum(c.started - c.resolved) over (order by c.nr rows between 1 following and unbounded following))::bigint
  from counted c
  cross join unresolved u
  order by c.nr
  limit v_periods;
end $$;

comment on function api.backlog(api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'How many dialogs were unresolved at the end of each period. Windows as in report. agent_ids and team_ids name who has a '
  'dialog now, or resolved it. Errors: PA050 to PA053.';
