create or replace function stats._open_spans(account_id bigint, inbox_id bigint) returns tstzmultirange
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select range_agg(tstzrange(s.opens, s.closes)) from stats.open_spans s
  where s.account_id = _open_spans.account_id and s.inbox_id = _open_spans.inbox_id
$$;

comment on function stats._open_spans(bigint, bigint) is 'stats.open_spans of the calendars of an inbox (0: of the account). Null: it has none.';
