create or replace function stats._months(account_id bigint, since timestamptz, until timestamptz)
returns table (opens timestamptz, closes timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set enable_seqscan = off
set jit = off
as $$
  select greatest(m.month, since), least(m.month + interval '1 month', until)
  from (
    select date_trunc('month', s.slot) as month from stats.slots s
    where s.account_id = _months.account_id and s.dim = any (enum_range(null::api.dimension)) and s.slot >= since and s.slot < until
    union
    select date_trunc('month', c.slot) from stats.message_counts c
    where c.account_id = _months.account_id and c.slot >= since and c.slot < until
    union
    select date_trunc('month', b.at)
    from stats.dialogs d
    cross join lateral unnest(array[
      d.started_at, d.first_open_at, d.first_assigned_at, d.first_reply_at, d.resolved_at, d.rated_at, d.wrapped_up_at
    ]) b (at)
    where d.account_id = _months.account_id and b.at >= since and b.at < until
    union
    select date_trunc('month', b.at)
    from stats.ownerships o
    cross join lateral unnest(array[o.began_at, o.first_reply_at, o.resolved_at]) b (at)
    where o.account_id = _months.account_id and b.at >= since and b.at < until
    union
    select date_trunc('month', t.replied_at) from stats.turns t
    where t.account_id = _months.account_id and t.replied_at >= since and t.replied_at < until
  ) m
  order by m.month
$$;

comment on function stats._months(bigint, timestamptz, timestamptz) is
  'The months, in UTC, in which something is measured or summed: all facts of an account at once may be too many.';
