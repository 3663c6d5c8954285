create or replace function api.heatmap(
  metric api.metric,
  since timestamptz default null,
  until timestamptz default null,
  time_zone text default null,
  agent_ids bigint[] default null,
  team_ids bigint[] default null,
  inbox_ids bigint[] default null
) returns setof api.heatmap_row
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
  v_per_unit constant double precision := case when stats._has_times(metric) then 1000 else 1 end;
  v_reading stats.reading;
  -- Not every metric has a total; null: this one has none.
  v_total text;
begin
  if metric is null then
    raise exception using errcode = 'PA056', message = 'no metric is asked for', hint = 'One of enum_range(null::api.metric).';
  end if;
  select r.* into v_reading from stats._reading('account', null, since, until, time_zone, agent_ids, team_ids, inbox_ids) r;
  if not found then
    return;
  end if;
  -- Days do not tell hours.
  v_reading.piece_grains := '{slot}';
  v_reading.piece_starts := array[v_reading.opens];
  v_reading.piece_ends := array[v_reading.closes];
  select quote_ident(a.attname) into v_total
  from pg_attribute a where a.attrelid = 'stats.sums'::regclass and a.attname = metric || '_total';

  return query execute format($query$
    select d.isodow, h.hour, coalesce(s.n, 0), coalesce(s.total, 0) / $2, round(%3$s::double precision / nullif(s.n, 0) * (1000 / $2)) / 1000
    from generate_series(1, 7) d (isodow)
    cross join generate_series(0, 23) h (hour)
    left join (
      select extract(isodow from l.local)::integer as isodow, extract(hour from l.local)::integer as hour, sum(l.n)::bigint as n,
        sum(l.total)::bigint as total
      from (select f.starts_at at time zone $3 as local, f.%1$I as n, %2$s as total from stats._sums($1) f where num_nonnulls(f.%1$I, %2$s) > 0) l
      group by 1, 2
    ) s on s.isodow = d.isodow and s.hour = h.hour
    order by d.isodow, h.hour
  $query$,
    metric || '_n', coalesce(v_total, 'null::bigint'), case when v_total is null then 'null' else 'coalesce(s.total, 0)' end
  ) using v_reading, v_per_unit, v_reading.zone;
end $$;

comment on function api.heatmap(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]) is
  'At which hours of the week something happened, all 168 of them. Windows and filters as in report. Errors: PA050 to PA053.';
