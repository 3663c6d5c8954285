-- Trusts nothing that is stored: a sum that something touches is summed anew, not corrected.
create or replace function stats.rebuild(account_id bigint, since timestamptz, until timestamptz) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_since constant timestamptz := stats._slot(since);
  v_until constant timestamptz := stats._slot(until + interval '14 minutes 59.999999 seconds');
  v_settings stats.settings;
  v_dialog_ids bigint[];
  v_facts stats.facts;
  -- Quarters of an hour outside that facts turn out to have been wrong in.
  v_others timestamptz[] := '{}';
  v_range record;
  v_day date;
  v_next_day date;
begin
  perform stats._lock_sums();
  v_settings := stats._settings(account_id);
  v_day := stats._day(v_since, v_settings.time_zone);
  v_dialog_ids := stats._touching(account_id, v_since, v_until);
  for i in 1 .. cardinality(v_dialog_ids) by 2000 loop
    v_facts := stats.compute(v_dialog_ids[i : i + 1999]);
    if v_since > '-infinity' or v_until < 'infinity' then
      v_others := v_others || array(
        select stats._slot(m.at)
        from stats.measurements(null, '-infinity', 'infinity', v_facts, rolled_up => true) m
        where m.at < v_since or m.at >= v_until
        group by m.metric, m.dialog_id, m.agent_id, m.team_id, m.inbox_id, stats._slot(m.at)
        having sum(m.n) <> 0 or sum(m.total) <> 0 or sum(m.business) <> 0
      );
    end if;
    perform stats._replace(v_facts);
  end loop;

  for v_range in select m.opens, m.closes from stats._months(rebuild.account_id, v_since, v_until) m loop
    perform stats._sum_slots(account_id, v_range.opens, v_range.closes);
    v_next_day := least(stats._day(v_range.closes, v_settings.time_zone), v_settings.days_until);
    if v_day < v_next_day and v_settings.days_until is not null then
      perform stats._sum_days(account_id, v_settings.time_zone, v_day, v_next_day);
      v_day := v_next_day;
    end if;
  end loop;
  v_next_day := least(stats._day(v_until, v_settings.time_zone) + 1, v_settings.days_until);
  if v_day < v_next_day and v_settings.days_until is not null then
    perform stats._sum_days(account_id, v_settings.time_zone, v_day, v_next_day);
  end if;

  for v_range in
    select distinct o.slot, stats._day(o.slot, v_settings.time_zone) as day from unnest(v_others) o (slot)
  loop
    perform stats._sum_slots(account_id, v_range.slot, v_range.slot + interval '15 minutes');
    if v_range.day < v_settings.days_until then
      perform stats._sum_days(account_id, v_settings.time_zone, v_range.day, v_range.day + 1);
    end if;
  end loop;
  return cardinality(v_dialog_ids);
end $$;

comment on function stats.rebuild(bigint, timestamptz, timestamptz) is
  'Computes the facts of all dialogs of an account that touch this time anew, and the sums of this time, whatever they were. Returns '
  'how many dialogs it took. Readers see all of it or none; until then nothing else is summed. Error: PA040.';
