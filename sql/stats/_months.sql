create or replace function stats._months(account_id bigint, since timestamptz, until timestamptz)
returns table (opens timestamptz, closes timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select greatest(m.opens, since), least(m.closes, until)
  from stats._settings(_months.account_id) f
  cross join lateral (
    -- Each from the end of an index; null: there is nothing.
    select case when min(b.first) < since then since else min(b.first) end as first, case when max(b.last) > until then until else max(b.last) end as last
    from (
      select least(min(d.started_at), min(d.first_open_at), min(d.first_assigned_at), min(d.first_reply_at), min(d.resolved_at),
          min(d.rated_at), min(d.wrapped_up_at)),
        greatest(max(d.started_at), max(d.first_open_at), max(d.first_assigned_at), max(d.first_reply_at), max(d.resolved_at),
          max(d.rated_at), max(d.wrapped_up_at))
      from stats.dialogs d where d.account_id = _months.account_id
      union all
      select least(min(o.began_at), min(o.first_reply_at), min(o.resolved_at)),
        greatest(max(o.began_at), max(o.first_reply_at), max(o.resolved_at))
      from stats.ownerships o where o.account_id = _months.account_id
      union all
      select min(t.replied_at), max(t.replied_at) from stats.turns t where t.account_id = _months.account_id
      union all
      select min(c.slot), max(c.slot) from stats.message_counts c where c.account_id = _months.account_id
      union all
      select s.first, s.last
      from unnest(enum_range(null::stats.grain)) g (grain)
      cross join lateral (
        select min(f.starts_at) as first, max(f.starts_at) as last
        from stats.sums f where f.account_id = _months.account_id and f.grain = g.grain and f.dim = 'account'
      ) s
    ) b (first, last)
  ) b
  cross join lateral (
    select stats._first_slot(n.day, f.time_zone) as opens, stats._first_slot((n.day + interval '1 month')::date, f.time_zone) as closes
    from (
      select d::date as day
      from generate_series(
        date_trunc('month', stats._day(stats._slot(b.first), f.time_zone)::timestamp), stats._day(stats._slot(b.last), f.time_zone), '1 month'
      ) d
    ) n
  ) m
  where m.opens < until and m.closes > since
  order by m.opens
$$;

comment on function stats._months(bigint, timestamptz, timestamptz) is
  'The months, of the account''s zone, in which something may be measured or summed: all facts of an account at once may be too many.';
