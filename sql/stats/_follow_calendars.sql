create or replace function stats._follow_calendars(account_id bigint, inbox_ids bigint[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_horizon date := broker.now() + interval '3 years';
  v_inbox_id bigint;
  v_open tstzmultirange;
  v_stored tstzmultirange;
  v_differs_from timestamptz;
  v_before tstzmultirange;
  v_after tstzmultirange;
  v_changed tstzmultirange := '{}';
begin
  -- Changes of an account's calendars wait for each other.
  perform from chat.accounts a where a.id = account_id for no key update;

  for v_inbox_id in
    select unnest(inbox_ids)
    union
    -- Calendars of the account hold in its inboxes until the day of their own first one.
    select c.inbox_id from stats.calendars c
    where c.account_id = _follow_calendars.account_id and c.inbox_id is not null and 0 = any (inbox_ids)
  loop
    v_open := coalesce(stats._open_time(account_id, v_inbox_id, v_horizon), '{}');
    v_stored := coalesce(stats._open_spans(account_id, v_inbox_id), '{}');
    v_differs_from := lower((v_open - v_stored) + (v_stored - v_open));
    continue when v_differs_from is null;

    v_before := stats._effective_spans(account_id, v_inbox_id);
    -- The spans before are the same, and so is the open time until then.
    delete from stats.open_spans s
    where s.account_id = _follow_calendars.account_id and s.inbox_id = v_inbox_id and s.closes >= v_differs_from;
    insert into stats.open_spans (account_id, inbox_id, opens, closes, open_time)
    select _follow_calendars.account_id, v_inbox_id, o.opens, o.closes, o.open_time
    from (
      select lower(u.span) as opens, upper(u.span) as closes,
        coalesce(
          sum(upper(u.span) - lower(u.span)) filter (where lower(u.span) > '-infinity') over (order by u.span), interval '0'
        ) as open_time
      from unnest(v_open) u (span)
    ) o
    where o.closes >= v_differs_from;
    v_after := stats._effective_spans(account_id, v_inbox_id);
    v_changed := v_changed + (v_before - v_after) + (v_after - v_before);
  end loop;

  -- This transaction may stay open until then, and dialogs be counted by the hours of before.
  if lower(v_changed) < broker.now() + interval '1 day' then
    insert into stats.rebuilds (account_id, since, until) values (account_id, lower(v_changed), upper(v_changed));
  end if;
end $$;

comment on function stats._follow_calendars(bigint, bigint[]) is
  'Brings stats.open_spans of these inboxes (0: those without calendars of their own) up to date, 3 years ahead, and has '
  'the time that opened or closed by it computed anew.';
