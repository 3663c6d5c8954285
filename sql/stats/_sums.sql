-- Security definer, past the policies: with them, conditions on enums could not be looked up in an index.
create or replace function stats._sums(
  by api.dimension,
  unit api.unit,
  since timestamptz,
  until timestamptz,
  time_zone text,
  agent_ids bigint[],
  team_ids bigint[],
  inbox_ids bigint[]
) returns table (
  period_start timestamptz,
  period_end timestamptz,
  id bigint,
  metric api.metric,
  n bigint,
  total bigint,
  business bigint
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_sort = off
set jit = off
set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
  v_reading record;
  v_changes stats.facts;
begin
  select r.* into v_reading from stats._reading(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;

  if v_reading.day_starts is not null then
    return query
    select p.period_start, p.period_end, s.*
    from unnest(v_reading.day_starts, v_reading.day_ends, v_reading.first_days, v_reading.end_days)
      p (period_start, period_end, first_day, end_day)
    cross join lateral (
      select case when by <> 'account' then f.dim_id else 0 end, f.metric, stats.sum(f.n), stats.sum(f.total), stats.sum(f.business)
      from stats.days f
      where f.account_id = v_reading.account_id and f.dim = v_reading.dim and f.day >= p.first_day and f.day < p.end_day
        and (v_reading.ids is null or f.dim_id = any (v_reading.ids))
      group by case when by <> 'account' then f.dim_id else 0 end, f.metric
    ) s;
  end if;
  if v_reading.slot_starts is not null then
    return query
    select p.period_start, p.period_end, s.*
    from unnest(v_reading.slot_starts, v_reading.slot_ends, v_reading.first_slots, v_reading.end_slots)
      p (period_start, period_end, first_slot, end_slot)
    cross join lateral (
      select case when by <> 'account' then f.dim_id else 0 end, f.metric, stats.sum(f.n), stats.sum(f.total), stats.sum(f.business)
      from stats.slots f
      where f.account_id = v_reading.account_id and f.dim = v_reading.dim and f.slot >= p.first_slot and f.slot < p.end_slot
        and (v_reading.ids is null or f.dim_id = any (v_reading.ids))
      group by case when by <> 'account' then f.dim_id else 0 end, f.metric
    ) s;
  end if;

  -- What is not summed yet; without sums for these filters, all of it.
  select p.* into v_changes from stats.pending(v_reading.account_id) p;
  if v_reading.dim is null or v_changes.stale is not null then
    return query
    select v_reading.starts[p.nr], v_reading.ends[p.nr], p.id, m.metric,
      stats.sum(m.n), stats.sum(m.total), stats.sum(m.business)
    from stats.measurements(
      v_reading.account_id, v_reading.opens, v_reading.closes, v_changes, v_reading.dim is not null, null,
      agent_ids, team_ids, inbox_ids
    ) m
    cross join lateral (
      select width_bucket(m.at, v_reading.starts) as nr,
        case by when 'agent' then m.agent_id when 'team' then m.team_id when 'inbox' then m.inbox_id else 0 end as id
    ) p
    group by p.nr, p.id, m.metric;
  end if;

  -- The account's periods in which nothing happened.
  if by = 'account' then
    return query
    select p.period_start, p.period_end, 0::bigint, null::api.metric, 0::bigint, 0::bigint, 0::bigint
    from unnest(v_reading.starts, v_reading.ends) p (period_start, period_end);
  end if;
end $$;

comment on function stats._sums(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'Sums of each metric by period and id (0: none, or by account), several rows for each that are to be added up: of finished days, of '
  'the quarters around them, and of what has changed since. Exact by the commit. Of the account each period has a row without metric. '
  'Errors: PA050 to PA053.';
