revoke all on all functions in schema stats from public, parley_analyst, parley_producer, parley_operator, parley_worker;
grant usage on schema stats to parley_analyst, parley_operator, parley_worker;
grant execute on function
  stats.current_account(),
  stats.pending(bigint), stats.pending_dialogs(bigint), stats.pending_changes(bigint), stats.pending_ids(bigint),
  stats.measurements(bigint, timestamptz, timestamptz, stats.changes, api.metric[], bigint[], bigint[], bigint[])
to parley_analyst, parley_producer, parley_operator;
grant execute on function
  stats.flush(integer), stats.finish_days(), stats.keep_handled(integer), stats.work_off_rebuilds(integer), stats.record_verification(), stats.state()
to parley_worker;
grant execute on function
  stats.rebuild(bigint, timestamptz, timestamptz), stats.verify(bigint), stats.record_verification(), stats.state()
to parley_operator;
grant select on all tables in schema stats to parley_operator;
grant insert, update, delete on stats.analysts to parley_operator;
grant update (time_zone, reopen_within, short_abandon, satisfied_from, available_statuses), insert on stats.settings to parley_operator;
-- What reports read, and call with the rights of who asks. Sums they read with the owner's.
grant execute on function
  stats.sum(bigint), stats._ms(interval), stats._bucket(bigint), stats._has_times(api.metric), stats._names(api.dimension),
  stats._is_asked_for(bigint, bigint, bigint, bigint[], bigint[], bigint[]),
  stats._unresolved(bigint[], bigint[], bigint[]),
  stats._reading(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  stats._sums(stats.reading),
  stats._times(stats.reading, api.metric, boolean)
to parley_analyst;
grant select on stats.settings, stats.dialogs, stats.turns, stats.ownerships, stats.message_counts to parley_analyst;
grant execute on function stats.check_within(interval) to parley_analyst;

-- Business hours are an operator's to set. What follows from them is kept with the owner's rights.
grant insert, update, delete on stats.calendars, stats.calendar_hours, stats.calendar_holidays to parley_operator;
grant select on stats.calendars, stats.calendar_hours, stats.calendar_holidays to parley_analyst;
grant execute on function stats.check_zone(text), stats._name_distance(text, text), stats._ms(interval),
  stats._week_hours(text), stats.set_calendar(bigint, text, text, date, bigint),
  stats.business_ms(bigint, bigint, timestamptz, timestamptz), stats._business_ms(bigint, bigint, timestamptz, timestamptz),
  stats._calendar_of(bigint, bigint)
to parley_operator;
grant execute on function stats.extend_calendars() to parley_worker;
