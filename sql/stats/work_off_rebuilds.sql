-- Never through stats.stale: readers would compute all that is left of the request each time.
create or replace function stats.work_off_rebuilds(max_dialogs integer default 2000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_request stats.rebuilds;
  v_dialog_ids bigint[];
  v_reached timestamptz;
begin
  if not exists (select from stats.rebuilds) then
    return 0;
  end if;
  perform stats._lock_sums();
  loop
    select r.* into v_request from stats.rebuilds r order by r.id limit 1;
    if not found then
      return 0;
    end if;
    select max(d.started_at) into v_reached
    from (
      select d.started_at from stats.dialogs d
      where d.account_id = v_request.account_id and d.started_at >= v_request.reached and d.started_at < v_request.until
        and coalesce(d.resolved_at, 'infinity') >= v_request.since
      order by d.started_at
      limit max_dialogs
    ) d;
    exit when v_reached is not null;
    delete from stats.rebuilds r where r.id = v_request.id;
  end loop;

  v_dialog_ids := array(
    select d.dialog_id from stats.dialogs d
    where d.account_id = v_request.account_id and d.started_at >= v_request.reached and d.started_at <= v_reached
      and coalesce(d.resolved_at, 'infinity') >= v_request.since
  );
  perform stats._apply(stats.compute(v_dialog_ids));
  update stats.rebuilds r set reached = v_reached + interval '1 microsecond' where r.id = v_request.id;
  return cardinality(v_dialog_ids);
end $$;

comment on function stats.work_off_rebuilds(integer) is
  'Computes the next dialogs anew that changed settings or calendars count otherwise (stats.rebuilds), and corrects the sums. Returns how '
  'many; 0: nothing is left. Error: PA040.';
