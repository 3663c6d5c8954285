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
