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
begin
  return query
  with times as materialized (
    select t.* from stats._times(v_metric, by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids, business) t
  ),
  ranked as (
    select t.*, sum(t.n) over (w order by t.ms) as rank, sum(t.n) over w as count
    from times t
    window w as (partition by t.period_start, t.id)
  ),
  measured as (
    select r.period_start, r.period_end, r.id, sum(r.n)::bigint as n, sum(r.ms * r.n) as total,
      min(r.ms) filter (where r.rank >= 0.5 * r.count) as p50, min(r.ms) filter (where r.rank >= 0.9 * r.count) as p90,
      min(r.ms) filter (where r.rank >= 0.95 * r.count) as p95, min(r.ms) filter (where r.rank >= 0.99 * r.count) as p99,
      min(r.ms) as shortest, max(r.ms) as longest, bool_and(r.exact) as exact
    from ranked r
    group by r.period_start, r.period_end, r.id
  ),
  -- Exact, though the times are not.
  summed as (
    select s.period_start, s.id, sum(s.total) as total
    from stats._sums(by, unit, since, until, time_zone, agent_ids, team_ids, inbox_ids) s
    where s.metric = v_metric and exists (select from times t where not t.exact)
    group by s.period_start, s.id
  )
  select m.period_start, m.period_end, nullif(m.id, 0), n.name, m.n,
    round((coalesce(s.total, m.total) / nullif(m.n, 0))::double precision) / 1000,
    m.p50 / 1000::double precision, m.p90 / 1000::double precision, m.p95 / 1000::double precision, m.p99 / 1000::double precision,
    m.shortest / 1000::double precision, m.longest / 1000::double precision, m.exact
  from measured m
  left join summed s on s.period_start = m.period_start and s.id = m.id
  left join stats._names(by) n on n.id = m.id
  order by m.period_start, nullif(m.id, 0);
end $$;

comment on function api.percentiles(
  api.metric, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean
) is
  'How long something took: median and other percentiles. Windows and filters as in report. Exact for up to 92 days, for hours, '
  'for periods of another time zone than the account''s, for combined filters and within business hours; else from histograms, '
  'which column exact tells. Errors: PA050 to PA056.';
