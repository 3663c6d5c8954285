create or replace function api.percentiles(
  metric api.metric,
  by api.dimension default 'account',
  unit api.unit default null,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null,
  business boolean default false
) returns setof api.percentile_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
  v_metric constant api.metric := metric;
  v_reading stats.reading;
begin
  select r.* into v_reading from stats._reading(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;

  return query
  select p.since, p.until, nullif(m.id, 0), n.name, coalesce(m.n, 0), round(m.total::double precision / m.n) / 1000,
    m.percentiles[1] / 1000::double precision, m.percentiles[2] / 1000::double precision, m.percentiles[3] / 1000::double precision,
    m.percentiles[4] / 1000::double precision, m.shortest / 1000::double precision, m.longest / 1000::double precision
  from unnest(v_reading.starts, v_reading.ends) with ordinality p (since, until, nr)
  left join (
    select t.nr, t.id, count(*) as n, stats.sum(t.ms) as total, min(t.ms) as shortest, max(t.ms) as longest,
      percentile_disc('{0.5,0.9,0.95,0.99}'::double precision[]) within group (order by t.ms) as percentiles
    from stats._times(v_reading, v_metric, business) t
    group by t.nr, t.id
  ) m on m.nr = p.nr
  left join stats._names(by) n on n.id = m.id
  where by = 'account' or m.nr is not null
  order by p.nr, nullif(m.id, 0);
end $$;

comment on function api.percentiles(
  api.metric, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean
) is
  'How long something took: median and other percentiles, exact for any window. Windows and filters as in report. Errors: PA050 to PA056.';
