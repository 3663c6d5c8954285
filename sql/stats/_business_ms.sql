-- No set search_path, so that it is inlined: what is left is a look-up in an index for each of both moments. The open time until a moment is
-- that of the span which has opened last, without what of it is still to come.
create or replace function stats._business_ms(account_id bigint, calendar_of bigint, since timestamptz, until timestamptz)
returns table (ms bigint)
language sql stable parallel safe rows 1
as $$
  select case
    when until <= since then 0
    when calendar_of is null then stats._ms(until - since)
    else stats._ms(
      (
        select s.open_time - greatest(s.closes - until, interval '0')
        from stats.open_spans s
        where s.account_id = _business_ms.account_id and s.inbox_id = calendar_of and s.opens <= until
        order by s.opens desc
        limit 1
      ) - (
        select s.open_time - greatest(s.closes - since, interval '0')
        from stats.open_spans s
        where s.account_id = _business_ms.account_id and s.inbox_id = calendar_of and s.opens <= since
        order by s.opens desc
        limit 1
      )
    )
  end
$$;

comment on function stats._business_ms(bigint, bigint, timestamptz, timestamptz) is
  'As stats.business_ms(), for a caller that knows whose calendars hold (stats._calendar_of).';
