-- Statistics. What clients write only notes which dialogs it concerns (stale). The facts of a dialog are computed from its rows,
-- whole, never added to: what comes late, is corrected or deleted takes the same way as everything else. The sums hold what the
-- stored facts say; what stale dialogs change in them is pending: readers add it, a worker applies it for good.

-- Words
--! include stats/current_account.sql
--! include stats/check_window.sql
--! include stats/check_within.sql
--! include stats/_name_distance.sql
--! include stats/check_zone.sql
--! include stats/_ms.sql
--! include stats/_slot.sql
--! include stats/_day.sql
--! include stats/_first_slot.sql
--! include stats/sum.sql
--! include stats/_bucket.sql
--! include stats/_has_times.sql
--! include stats/_dimensions.sql
--! include stats/_settings.sql

-- Business hours
--! include stats/refuse_unknown_zone.sql
--! include stats/_open_time.sql
--! include stats/_open_spans.sql
--! include stats/_effective_spans.sql
--! include stats/_follow_calendars.sql
--! include stats/follow_calendars.sql
--! include stats/follow_calendar_hours.sql
--! include stats/extend_calendars.sql
--! include stats/business_ms.sql
--! include stats/_business_ms.sql
--! include stats/_week_hours.sql
--! include stats/set_calendar.sql
--! include stats/calendar_triggers.sql

-- What has changed
--! include stats/mark_rows.sql
--! include stats/mark_happened.sql
--! include stats/mark_row.sql
--! include stats/mark_dialog.sql
--! include stats/mark_dialogs.sql
--! include stats/mark_submitted.sql
--! include stats/mark_puts.sql
--! include stats/mark_all.sql

-- Facts, and what they measure
--! include stats/_chat_numbers_of.sql
--! include stats/_ratings_of.sql
--! include stats/_rating_of.sql
--! include stats/_wrapups_of.sql
--! include stats/_wrapup_of.sql
--! include stats/compute.sql
--! include stats/_dialogs_submitted_for.sql
--! include stats/_stale_dialogs.sql
--! include stats/_with_neighbours.sql
--! include stats/pending_ids.sql
--! include stats/pending.sql
--! include stats/measurements.sql

-- Sums
--! include stats/_lock_sums.sql
--! include stats/_plus.sql
--! include stats/_sums_of.sql
--! include stats/_add_to_sums.sql
--! include stats/_times_of.sql
--! include stats/_kept_times_of.sql
--! include stats/_add_to_times.sql
--! include stats/_replace.sql
--! include stats/_apply.sql
--! include stats/_move_horizon.sql
--! include stats/flush.sql
--! include stats/_months.sql
--! include stats/_sum.sql
--! include stats/finish_days.sql

-- Computing anew
--! include stats/lock_sums.sql
--! include stats/follow_settings.sql
--! include stats/work_off_rebuilds.sql
--! include stats/_touching.sql
--! include stats/rebuild.sql

-- Comparing
--! include stats/_facts_that_differ.sql
--! include stats/_sums_that_differ.sql
--! include stats/_times_that_differ.sql
--! include stats/verify.sql
--! include stats/record_verification.sql
--! include stats/state.sql

-- What agents did at once
--! include stats/presences.sql
--! include stats/_handled.sql

--! include stats/triggers.sql

-- What reports read
--! include stats/_reading.sql
--! include stats/_sums.sql
--! include stats/_names.sql
--! include stats/_is_asked_for.sql
--! include stats/_unresolved.sql
--! include stats/_id_of.sql
--! include stats/_stored_times.sql
--! include stats/_times.sql

--! include stats/policies.sql
--! include stats/grants.sql
