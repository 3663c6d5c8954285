-- Security definer, as stats._sums.
create or replace function stats._times(
  metric api.metric,
  by api.dimension,
  unit api.unit,
  since timestamptz,
  until timestamptz,
  time_zone text,
  agent_ids bigint[],
  team_ids bigint[],
  inbox_ids bigint[],
  business boolean
) returns table (
  period_start timestamptz,
  period_end timestamptz,
  id bigint,
  ms bigint,
  n bigint,
  exact boolean
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  c_exact_for constant interval := '92 days';
  c_with_business constant api.metric[] := '{queue_wait,first_response,first_response_human,reply_time,resolution}';
  v_metric constant api.metric := metric;
  v_business constant boolean := business;
  v_reading record;
  v_changes stats.facts;
begin
  if stats._has_times(v_metric) is not true or v_business and v_metric <> all (c_with_business) then
    raise exception using
      errcode = 'PA056',
      message = format('%s has no times%s', coalesce(v_metric::text, 'null'), case when v_business then ' within business hours' end),
      hint = 'These have: ' || (
        select string_agg(m::text, ', ') from unnest(enum_range(null::api.metric)) m
        where case when v_business then m = any (c_with_business) else stats._has_times(m) end
      ) || '.';
  end if;
  select r.* into v_reading from stats._reading(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  select p.* into v_changes from stats.pending(v_reading.account_id) p;

  if by = 'account' then
    return query
    select p.period_start, p.period_end, 0::bigint, null::bigint, 0::bigint, true
    from unnest(v_reading.starts, v_reading.ends) p (period_start, period_end);
  end if;

  if v_business or v_reading.day_starts is null or v_reading.closes - v_reading.opens <= c_exact_for
    or unit = 'hour' or unit is not null and v_reading.zone <> (stats._settings(v_reading.account_id)).time_zone
  then
    return query
    select v_reading.starts[p.nr], v_reading.ends[p.nr],
      case by when 'agent' then m.agent_id when 'team' then m.team_id when 'inbox' then m.inbox_id else 0 end,
      case when v_business then m.business else m.total end, m.n, true
    from stats.measurements(
      v_reading.account_id, v_reading.opens, v_reading.closes, v_changes, false, array[v_metric], agent_ids, team_ids, inbox_ids
    ) m
    cross join lateral (select width_bucket(m.at, v_reading.starts) as nr) p;
    return;
  end if;

  return query
  select b.period_start, b.period_end, case when by <> 'account' then b.id else 0 end,
    -- Where no time of the bucket is further away than 1 / 21.
    round(1.1::double precision ^ b.bucket * 22 / 21)::bigint, sum(b.n)::bigint, false
  from (
    select p.period_start, p.period_end, h.dim_id as id, h.bucket, h.n
    from unnest(v_reading.day_starts, v_reading.day_ends, v_reading.first_days, v_reading.end_days)
      p (period_start, period_end, first_day, end_day)
    cross join lateral (
      select f.dim_id, f.bucket, f.n from stats.histograms f
      where f.account_id = v_reading.account_id and f.dim = v_reading.dim and f.metric = v_metric
        and f.day >= p.first_day and f.day < p.end_day and (v_reading.ids is null or f.dim_id = any (v_reading.ids))
    ) h
    union all
    select m.period_start, m.period_end,
      case v_reading.dim when 'agent' then m.agent_id when 'team' then m.team_id when 'inbox' then m.inbox_id else 0 end,
      stats._bucket(m.total * m.n), m.n
    from (
      select p.period_start, p.period_end, m.*
      from unnest(v_reading.slot_starts, v_reading.slot_ends, v_reading.first_slots, v_reading.end_slots)
        p (period_start, period_end, first_slot, end_slot)
      cross join lateral stats.measurements(
        v_reading.account_id, p.first_slot, p.end_slot, null, false, array[v_metric], agent_ids, team_ids, inbox_ids
      ) m
      union all
      select v_reading.starts[p.nr], v_reading.ends[p.nr], m.*
      from stats.measurements(
        v_reading.account_id, v_reading.opens, v_reading.closes, v_changes, true, array[v_metric], agent_ids, team_ids, inbox_ids
      ) m
      cross join lateral (select width_bucket(m.at, v_reading.starts) as nr) p
      where v_changes.stale is not null
    ) m
  ) b
  group by b.period_start, b.period_end, case when by <> 'account' then b.id else 0 end, b.bucket
  having sum(b.n) > 0;
end $$;

comment on function stats._times(
  api.metric, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean
) is
  'The times that a metric measured, and how often each: exact for 92 days, for periods of another time zone than the account''s, for '
  'combined filters and within business hours; else the middle of the buckets that they fell into. Of the account, each period has a row '
  'without time. Errors: PA050 to PA056.';
