create or replace function stats._calendar_of(account_id bigint, inbox_id bigint) returns bigint
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  select s.inbox_id from stats.open_spans s
  where s.account_id = _calendar_of.account_id and s.inbox_id in (_calendar_of.inbox_id, 0)
  order by s.inbox_id desc
  limit 1
$$;

comment on function stats._calendar_of(bigint, bigint) is
  'The inbox whose calendars hold for an inbox: itself, 0 (those of the account), or null: there are none.';
