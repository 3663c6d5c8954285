create or replace function stats._reading(
  by api.dimension,
  unit api.unit,
  since timestamptz,
  until timestamptz,
  time_zone text,
  agent_ids bigint[],
  team_ids bigint[],
  inbox_ids bigint[]
) returns setof stats.reading
language plpgsql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  c_quarter constant interval := '15 minutes';
  c_most_periods constant integer := 5000;
  r stats.reading;
  v_own_zone text;
  v_days_until date;
  v_length interval;
  v_filters api.dimension[];
begin
  r.account_id := stats.current_account();
  if r.account_id is null then
    return;
  end if;
  select s.time_zone, s.days_until into v_own_zone, v_days_until from stats.settings s where s.account_id = r.account_id;
  v_own_zone := coalesce(v_own_zone, 'UTC');
  r.zone := coalesce(time_zone, v_own_zone);
  if r.zone <> v_own_zone then
    perform stats.check_zone(r.zone);
  end if;

  r.next_slot := stats._slot(broker.now()) + c_quarter;
  r.closes := coalesce(until, r.next_slot);
  r.opens := coalesce(since, (date_trunc('day', (r.closes - c_quarter) at time zone r.zone) - interval '29 days') at time zone r.zone);
  perform stats.check_window(r.opens, r.closes);
  v_length := case unit when 'hour' then interval '1 hour' when 'day' then interval '1 day' end;
  if r.closes - r.opens > c_most_periods * v_length then
    raise exception using
      errcode = 'PA053',
      message = format('from %s until %s are more than %s %ss', r.opens, r.closes, c_most_periods, unit),
      hint = 'Ask for less at a time, or for a longer unit.';
  end if;

  v_filters := array_remove(array[
    case when agent_ids is not null then 'agent' end,
    case when team_ids is not null then 'team' end,
    case when inbox_ids is not null then 'inbox' end
  ]::api.dimension[], null);
  r.grouped_by := by;
  r.dim := case
    when v_filters <@ array[by] then by
    when by = 'account' and cardinality(v_filters) = 1 then v_filters[1]
  end;
  r.ids := coalesce(agent_ids, team_ids, inbox_ids);
  r.agent_ids := agent_ids;
  r.team_ids := team_ids;
  r.inbox_ids := inbox_ids;

  if unit is null then
    r.starts := array[r.opens];
    r.ends := array[r.closes];
  else
    if unit = 'hour' then
      -- Also where clocks are set by half an hour.
      r.starts := array(
        select min(q.at) from generate_series(r.opens, r.closes - c_quarter, c_quarter) q (at)
        group by date_trunc('hour', q.at, r.zone) order by 1
      );
    else
      r.starts := array(
        select distinct greatest(r.opens, local.midnight at time zone r.zone) as start
        from generate_series(
          date_trunc(unit::text, stats._day(r.opens, r.zone)::timestamp), r.closes at time zone r.zone, ('1 ' || unit)::interval
        ) local (midnight)
        where local.midnight at time zone r.zone < r.closes
        order by start
      );
    end if;
    r.ends := r.starts[2:] || r.closes;
  end if;

  if r.dim is null then
    return next r;
    return;
  end if;

  with spans as (
    -- Days of the account are read whole where they lie within a period, in one go where periods begin with days.
    select r.opens as since, r.closes as until where unit is null or r.zone = v_own_zone
    union all
    select p.since, p.until from unnest(r.starts, r.ends) p (since, until) where unit is not null and r.zone <> v_own_zone
  ),
  days as (
    select s.since, s.until, d.since as first_day, greatest(d.until, d.since) as end_day
    from spans s
    cross join lateral (
      select stats._first_slot(stats._day(s.since - interval '1 microsecond', v_own_zone) + 1, v_own_zone),
        case when unit = 'hour' then s.since
          else stats._first_slot(least(stats._day(s.until, v_own_zone), coalesce(v_days_until, '-infinity')), v_own_zone)
        end
    ) d (since, until)
  ),
  pieces as (
    select p.grain, range_agg(tstzrange(p.since, p.until)) as ranges
    from days d
    cross join lateral (
      select 'slot'::stats.grain, d.since, least(d.first_day, d.until)
      union all
      select 'day', d.first_day, d.end_day
      union all
      select 'slot', d.end_day, d.until
    ) p (grain, since, until)
    where p.since < p.until
    group by p.grain
  )
  select array_agg(p.grain), array_agg(lower(m.range)), array_agg(upper(m.range))
  into r.piece_grains, r.piece_starts, r.piece_ends
  from pieces p
  cross join lateral unnest(p.ranges) m (range);
  return next r;
end $$;

comment on function stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'What a report has to read: no row without an account. Whole finished days of the account are read as such, whatever zone is asked for, '
  'the rest as quarters of an hour. Errors: PA050 to PA053.';
