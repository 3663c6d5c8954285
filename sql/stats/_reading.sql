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
  c_grains constant stats.grain[] := '{slot,day,slot}';
  r stats.reading;
  v_own_zone text;
  v_days_until date;
  v_length interval;
  v_filters api.dimension[];
  v_since timestamptz[];
  v_until timestamptz[];
  v_first_day timestamptz;
  v_end_day timestamptz;
  v_bounds timestamptz[];
  -- Not in r, which would be copied with each piece.
  v_piece_grains stats.grain[];
  v_piece_starts timestamptz[];
  v_piece_ends timestamptz[];
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

  -- Days of the account are read whole where they lie within a period: looked for period by period only where those do not begin with them.
  if unit is null or unit = 'hour' or r.zone = v_own_zone then
    v_since := array[r.opens];
    v_until := array[r.closes];
  else
    v_since := r.starts;
    v_until := r.ends;
  end if;
  for n in 1 .. cardinality(v_since) loop
    v_first_day := case
      when unit = 'hour' then v_until[n]
      else least(stats._first_slot(stats._day(v_since[n] - interval '1 microsecond', v_own_zone) + 1, v_own_zone), v_until[n])
    end;
    v_end_day := greatest(
      stats._first_slot(least(stats._day(v_until[n], v_own_zone), coalesce(v_days_until, '-infinity')), v_own_zone), v_first_day
    );
    v_bounds := array[v_since[n], v_first_day, v_end_day, v_until[n]];
    for piece in 1 .. 3 loop
      if v_bounds[piece] < v_bounds[piece + 1] then
        v_piece_grains := v_piece_grains || c_grains[piece];
        v_piece_starts := v_piece_starts || v_bounds[piece];
        v_piece_ends := v_piece_ends || v_bounds[piece + 1];
      end if;
    end loop;
  end loop;
  r.piece_grains := v_piece_grains;
  r.piece_starts := v_piece_starts;
  r.piece_ends := v_piece_ends;
  return next r;
end $$;

comment on function stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'What a report has to read: no row without an account. Whole finished days of the account are read as such, whatever zone is asked for, '
  'the rest as quarters of an hour. Errors: PA050 to PA053.';
