-- No set search_path, so that it is inlined: without calendars nothing is looked up for every time that is measured.
create or replace function stats._business_ms(has_calendars boolean, account_id bigint, inbox_id bigint, since timestamptz,
  until timestamptz) returns bigint
language sql stable parallel safe
return case
  when has_calendars then stats.business_ms(account_id, inbox_id, since, until)
  else stats._ms(until - since)
end;

comment on function stats._business_ms(boolean, bigint, bigint, timestamptz, timestamptz) is
  'As stats.business_ms(), for a caller that knows whether the account has calendars.';
