create or replace function stats._calendar_of(account_id bigint, inbox_id bigint) returns bigint
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  select case
    when exists (select from stats.open_spans s where s.account_id = _calendar_of.account_id and s.inbox_id = _calendar_of.inbox_id)
      then inbox_id
    when exists (select from stats.open_spans s where s.account_id = _calendar_of.account_id and s.inbox_id = 0) then 0
  end
$$;

comment on function stats._calendar_of(bigint, bigint) is
  'The inbox whose calendars hold for an inbox: itself, 0 (those of the account), or null: there are none.';
