-- In chunks, so that the flush is not kept waiting; the latest days of an account first, which are asked for most.
create or replace function stats.keep_handled(max_days integer default 31) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_days stats.stale_days[];
  v_day stats.stale_days;
begin
  if not exists (select from stats.stale_days) then
    return 0;
  end if;
  perform stats._lock_sums();
  v_days := array(select d from stats.stale_days d order by d.account_id, d.starts_at desc limit max_days);
  foreach v_day in array v_days loop
    delete from stats.handled h
    where h.account_id = v_day.account_id and h.starts_at >= v_day.starts_at and h.starts_at < v_day.ends_at;
    insert into stats.handled
    select v_day.account_id, v_day.starts_at, h.*
    from stats._handled(v_day.account_id, v_day.starts_at, v_day.ends_at, '-infinity', null) h
    order by h.agent_id;
    delete from stats.stale_days d where d.account_id = v_day.account_id and d.starts_at = v_day.starts_at;
  end loop;
  return cardinality(v_days);
end $$;

comment on function stats.keep_handled(integer) is
  'Keeps what agents handled on so many finished days of which it is not kept, or no longer true (stats.stale_days). Returns how many; 0: '
  'nothing is left. Error: PA040.';
