create or replace function stats._reading(
  by api.dimension,
  unit api.unit,
  since timestamptz,
  until timestamptz,
  time_zone text,
  agent_ids bigint[],
  team_ids bigint[],
  inbox_ids bigint[]
) returns table (
  account_id bigint,
  dim api.dimension,
  ids bigint[],
  opens timestamptz,
  closes timestamptz,
  -- The end of the quarter that lasts.
  next_slot timestamptz,
  zone text,
  starts timestamptz[],
  ends timestamptz[],
  -- Finished days, by the period that they lie in.
  day_starts timestamptz[],
  day_ends timestamptz[],
  first_days date[],
  end_days date[],
  -- Quarters of an hour, by the period that they lie in.
  slot_starts timestamptz[],
  slot_ends timestamptz[],
  first_slots timestamptz[],
  end_slots timestamptz[]
)
language plpgsql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  c_quarter constant interval := '15 minutes';
  c_most_periods constant integer := 5000;
  v_own_zone text;
  v_days_until date;
  v_length interval;
  v_filters api.dimension[];
begin
  account_id := stats.current_account();
  if account_id is null then
    return;
  end if;
  select s.time_zone, s.days_until into v_own_zone, v_days_until from stats.settings s where s.account_id = _reading.account_id;
  v_own_zone := coalesce(v_own_zone, 'UTC');
  zone := coalesce(time_zone, v_own_zone);
  if zone <> v_own_zone then
    perform stats.check_zone(zone);
  end if;

  next_slot := stats._slot(broker.now()) + c_quarter;
  closes := coalesce(until, next_slot);
  opens := coalesce(since, (date_trunc('day', (closes - c_quarter) at time zone zone) - interval '29 days') at time zone zone);
  perform stats.check_window(opens, closes);
  v_length := case unit when 'hour' then interval '1 hour' when 'day' then interval '1 day' end;
  if closes - opens > c_most_periods * v_length then
    raise exception using
      errcode = 'PA053',
      message = format('from %s until %s are more than %s %ss', opens, closes, c_most_periods, unit),
      hint = 'Ask for less at a time, or for a longer unit.';
  end if;

  v_filters := array_remove(array[
    case when agent_ids is not null then 'agent' end,
    case when team_ids is not null then 'team' end,
    case when inbox_ids is not null then 'inbox' end
  ]::api.dimension[], null);
  dim := case
    when v_filters <@ array[by] then by
    when by = 'account' and cardinality(v_filters) = 1 then v_filters[1]
  end;
  ids := coalesce(agent_ids, team_ids, inbox_ids);

  if unit is null then
    starts := array[opens];
    ends := array[closes];
  else
    if unit = 'hour' then
      -- Also where clocks are set by half an hour.
      starts := array(
        select min(q.at) from generate_series(opens, closes - c_quarter, c_quarter) q (at)
        group by date_trunc('hour', q.at, zone) order by 1
      );
    else
      starts := array(
        select distinct greatest(opens, local.midnight at time zone zone) as start
        from generate_series(
          date_trunc(unit::text, stats._day(opens, zone)::timestamp), closes at time zone zone, ('1 ' || unit)::interval
        ) local (midnight)
        where local.midnight at time zone zone < closes
        order by start
      );
    end if;
    ends := starts[2:] || closes;
  end if;

  if dim is null then
    return next;
    return;
  elsif v_days_until is null then
    slot_starts := starts;
    slot_ends := ends;
    first_slots := starts;
    end_slots := ends;
    return next;
    return;
  end if;

  with periods as (
    select p.starts_at, p.ends_at, d.first_day, d.end_day, d.first_day < d.end_day as has_days
    from unnest(starts, ends) p (starts_at, ends_at)
    cross join lateral (
      select stats._day(p.starts_at - interval '1 microsecond', v_own_zone) + 1 as first_day,
        least(stats._day(p.ends_at, v_own_zone), v_days_until) as end_day
    ) d
  ),
  pieces as (
    select p.starts_at, p.ends_at, q.first_slot, q.end_slot
    from periods p
    cross join lateral (
      select p.starts_at, case when p.has_days then p.first_day::timestamp at time zone v_own_zone else p.ends_at end
      union all
      select p.end_day::timestamp at time zone v_own_zone, p.ends_at where p.has_days
    ) q (first_slot, end_slot)
    where q.first_slot < q.end_slot
  )
  select d.*, s.*
  into day_starts, day_ends, first_days, end_days, slot_starts, slot_ends, first_slots, end_slots
  from (
    select array_agg(p.starts_at), array_agg(p.ends_at), array_agg(p.first_day), array_agg(p.end_day)
    from periods p where p.has_days
  ) d,
  (select array_agg(p.starts_at), array_agg(p.ends_at), array_agg(p.first_slot), array_agg(p.end_slot) from pieces p) s;
  return next;
end $$;

comment on function stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'What a report has to read: no row without an account. dim: whose sums; null: none answers this combination of filters, so '
  'facts are to be measured. Whole finished days of the account come from stats.days, whatever zone is asked for; the rest from '
  'stats.slots. Errors: PA050 to PA053.';
