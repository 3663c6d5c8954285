create or replace function stats._kept_days(account_id bigint, since timestamptz, until timestamptz) returns tstzmultirange
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_settings constant stats.settings := stats._settings(account_id);
  v_opens constant timestamptz := stats._first_slot(
    stats._day(stats._slot(since - interval '1 microsecond'), v_settings.time_zone) + 1, v_settings.time_zone
  );
  v_closes constant timestamptz := stats._first_slot(
    least(stats._day(stats._slot(until), v_settings.time_zone), v_settings.days_until), v_settings.time_zone
  );
begin
  if v_settings.days_until is null or v_opens >= v_closes then
    return '{}';
  end if;
  return tstzmultirange(tstzrange(v_opens, v_closes)) - coalesce(
    (
      select range_agg(tstzrange(d.starts_at, d.ends_at)) from stats.stale_days d
      where d.account_id = _kept_days.account_id and d.starts_at >= v_opens and d.starts_at < v_closes
    ),
    '{}'
  );
end $$;

comment on function stats._kept_days(bigint, timestamptz, timestamptz) is
  'The whole days within [since, until) of which stats.handled says what the stored facts say.';
