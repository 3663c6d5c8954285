-- Security definer, as stats._sums.
create or replace function stats._times(reading stats.reading, metric api.metric, business boolean)
returns table (nr integer, id bigint, ms bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  c_with_business constant api.metric[] := '{queue_wait,first_response,first_response_human,reply_time,resolution}';
  v_metric constant api.metric := metric;
  v_business constant boolean := business;
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
  if reading.account_id is distinct from stats.current_account() then
    return;
  end if;
  if stats.pending_ids(reading.account_id) = '{}' then
    return query select t.* from stats._stored_times(reading, v_metric, v_business) t;
    return;
  end if;

  return query
  with changed as materialized (
    select width_bucket(m.at, reading.starts) as nr, stats._id_of(reading.grouped_by, m.agent_id, m.team_id, m.inbox_id) as id,
      case when v_business then m.business else m.total end * m.n as ms, m.n
    from stats.pending_changes(reading.account_id) p
    cross join lateral stats.measurements(reading.account_id, reading.opens, reading.closes, p, array[v_metric],
      reading.agent_ids, reading.team_ids, reading.inbox_ids) m
  )
  (
    select t.* from stats._stored_times(reading, v_metric, v_business) t
    union all
    select c.nr, c.id, c.ms from changed c where c.n > 0
  )
  except all
  select c.nr, c.id, c.ms from changed c where c.n < 0;
end $$;

comment on function stats._times(stats.reading, api.metric, boolean) is
  'Each time that a metric measured, in milliseconds: in which period, and whose. As of the last commit. Error: PA056.';
