create or replace function stats.business_ms(account_id bigint, inbox_id bigint, since timestamptz, until timestamptz) returns bigint
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
  v_inbox_id bigint := coalesce(inbox_id, 0);
  -- The spans that have opened last; open_time - greatest(closes - at, '0') is the open time until then.
  v_until stats.open_spans;
  v_since stats.open_spans;
begin
  if until <= since then
    return 0;
  end if;
  loop
    select * into v_until
    from stats.open_spans s
    where s.account_id = business_ms.account_id and s.inbox_id = v_inbox_id and s.opens <= until
    order by s.opens desc
    limit 1;
    exit when found or v_inbox_id = 0;
    v_inbox_id := 0;
  end loop;
  if v_until.opens is null then
    return stats._ms(until - since);
  elsif v_until.opens <= since then
    v_since := v_until;
  else
    select * into v_since
    from stats.open_spans s
    where s.account_id = business_ms.account_id and s.inbox_id = v_inbox_id and s.opens <= since
    order by s.opens desc
    limit 1;
  end if;
  return stats._ms(
    v_until.open_time - greatest(v_until.closes - until, interval '0')
    - v_since.open_time + greatest(v_since.closes - since, interval '0')
  );
end $$;

comment on function stats.business_ms(bigint, bigint, timestamptz, timestamptz) is
  'Milliseconds from since until until within the business hours of an inbox (null: one without calendars of its own). '
  'All of them if there is no calendar, or before the first one.';
