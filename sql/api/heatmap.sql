-- Security definer, as stats._sums.
create or replace function api.heatmap(
  metric api.metric,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.heatmap_row
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_metric constant api.metric := metric;
  v_per_unit constant double precision := case when stats._has_times(metric) then 1000 else 1 end;
  v_reading record;
  v_changes stats.facts;
begin
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  select p.* into v_changes from stats.pending(v_reading.account_id) p;

  return query
  select d.isodow, h.hour, coalesce(s.n, 0), coalesce(s.total, 0) / v_per_unit,
    round(s.total::double precision / nullif(s.n, 0) * (1000 / v_per_unit)) / 1000
  from generate_series(1, 7) d (isodow)
  cross join generate_series(0, 23) h (hour)
  left join (
    select l.isodow, l.hour, sum(m.n)::bigint as n, sum(m.total)::bigint as total
    from (
      select f.slot as at, f.n, f.total
      from stats.slots f
      where f.account_id = v_reading.account_id and f.dim = v_reading.dim and f.slot >= v_reading.opens and f.slot < v_reading.closes
        and f.metric = v_metric and (v_reading.ids is null or f.dim_id = any (v_reading.ids))
      union all
      select c.at, c.n, c.total
      from stats.measurements(
        v_reading.account_id, v_reading.opens, v_reading.closes, v_changes, v_reading.dim is not null, array[v_metric],
        agent_ids, team_ids, inbox_ids
      ) c
      where v_reading.dim is null or v_changes.stale is not null
    ) m
    cross join lateral (select m.at at time zone v_reading.zone as local) z
    cross join lateral (
      select extract(isodow from z.local)::integer as isodow, extract(hour from z.local)::integer as hour
    ) l
    group by l.isodow, l.hour
  ) s on s.isodow = d.isodow and s.hour = h.hour
  order by d.isodow, h.hour;
end $$;

comment on function api.heatmap(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'At which hours of the week something happened, all 168 of them. Windows and filters as in report. Errors: PA050 to PA053.';
