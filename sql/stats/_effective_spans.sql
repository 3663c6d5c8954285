create or replace function stats._effective_spans(account_id bigint, inbox_id bigint) returns tstzmultirange
language sql stable
set search_path = pg_catalog, pg_temp
return coalesce(
  stats._open_spans(account_id, inbox_id),
  stats._open_spans(account_id, 0),
  '{[-infinity,infinity)}'
);

comment on function stats._effective_spans(bigint, bigint) is
  'When an inbox (0: one without calendars of its own) is open, by the same rule as stats.business_ms().';
