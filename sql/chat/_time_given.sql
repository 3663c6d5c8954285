-- No set search_path, so that it is inlined.
create or replace function chat._time_given(given timestamptz, now timestamptz) returns timestamptz
language sql stable parallel safe
return case
  when given is null then now
  when chat._is_history(given, now) then given
  -- A snapshot that is older than the lock need not show what happened last: only the clock is sure to lie behind it.
  when current_setting('transaction_isolation') = 'read committed' then least(given, now)
  else now
end;

comment on function chat._time_given(timestamptz, timestamptz) is
  'The time that a client gave for what happens, if it may be kept: it is never ahead of the clock.';
