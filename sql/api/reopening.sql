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
