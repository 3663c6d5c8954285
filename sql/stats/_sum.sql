-- A month at a time: all facts of an account at once may be too many. In the order of the index, which is three times as fast.
create or replace function stats._sum(account_id bigint, since timestamptz, until timestamptz, grains stats.grain[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_month record;
begin
  for v_month in select * from stats._months(account_id, since, until) loop
    delete from stats.sums s
    where s.account_id = _sum.account_id and s.grain = any (grains) and s.dim = any (enum_range(null::api.dimension))
      and s.starts_at >= v_month.opens and s.starts_at < v_month.closes;
    insert into stats.sums
    select s.* from stats._sums_of(account_id, v_month.opens, v_month.closes, null, grains) s
    order by s.account_id, s.grain, s.dim, s.starts_at, s.dim_id;

    if 'day' = any (grains) then
      delete from stats.times t
      where t.account_id = _sum.account_id and t.dim = any (enum_range(null::api.dimension))
        and t.metric = any (enum_range(null::api.metric)) and t.starts_at >= v_month.opens and t.starts_at < v_month.closes;
      insert into stats.times
      select t.* from stats._kept_times_of(account_id, v_month.opens, v_month.closes) t
      order by t.account_id, t.dim, t.metric, t.starts_at, t.dim_id;
    end if;
  end loop;
end $$;

comment on function stats._sum(bigint, timestamptz, timestamptz, stats.grain[]) is
  'Sums an account anew from the stored facts: the quarters of an hour, the finished days, or both, of [since, until), which are midnights '
  'of its days.';
