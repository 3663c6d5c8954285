create or replace function stats.business_ms(account_id bigint, inbox_id bigint, since timestamptz, until timestamptz) returns bigint
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  select b.ms from stats._business_ms(account_id, stats._calendar_of(account_id, inbox_id), since, until) b
$$;

comment on function stats.business_ms(bigint, bigint, timestamptz, timestamptz) is
  'Milliseconds from since until until within the business hours of an inbox (null: one without calendars of its own). '
  'All of them if there is no calendar, or before the first one.';
