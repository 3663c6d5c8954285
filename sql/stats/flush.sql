-- What is deleted from stats.stale was committed before the facts are computed, by a later statement: so they show whatever the
-- rows were written for. What is committed in between stays, and is looked at again. Readers see all of a flush, or none.
create or replace function stats.flush(max_dialogs integer default 2000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_newest_id bigint;
  v_ids bigint[];
  v_stale stats.stale_dialog[];
  v_submitted stats.submitted[];
begin
  perform chat._require_read_committed('statistics are summed');
  if not pg_try_advisory_xact_lock(hashtextextended('stats.sums', 0)) then
    return 0;
  end if;

  -- Before this transaction has an id of its own: who drew an id of stats.stale until now has an older one.
  if pg_current_xact_id_if_assigned() is null then
    select s.last_value into v_newest_id from stats.stale_id_seq s;
  end if;
  -- No joins: planned while there is nothing to do, they would be nested, and take minutes once there is much.
  select array_agg(n.id), array_agg(row(n.dialog_id, n.since)::stats.stale_dialog)
  into v_ids, v_stale
  from (
    select r.id, r.dialog_id, r.since, dense_rank() over (order by r.first_id) as nr
    from (
      select f.id, f.dialog_id, f.since, min(f.id) over (partition by f.dialog_id) as first_id
      from (
        select s.id, s.dialog_id, s.since
        from stats.stale s
        where s.id >= (select h.id from stats.horizon h)
        order by s.id
        limit max_dialogs * 50
      ) f
    ) r
  ) n
  where n.nr <= max_dialogs;
  delete from stats.stale s where s.id = any (v_ids);
  with taken as (
    delete from stats.submitted s
    where s.id in (select f.id from stats.submitted f order by f.id limit max_dialogs)
    returning s
  )
  select array_agg(t.s) into v_submitted from taken t;
  if v_stale is null and v_submitted is null then
    return 0;
  end if;

  perform stats._move_horizon(v_newest_id);
  v_stale := array(
    select row(n.dialog_id, min(n.since))::stats.stale_dialog
    from (
      select t.dialog_id, t.since from unnest(v_stale) t
      union all
      select d, '-infinity'
      from unnest(v_submitted) s cross join lateral stats._dialogs_submitted_for(s.account_id, s.chat_guid, s.chat_number) d
    ) n
    group by n.dialog_id
  );
  perform stats._apply(stats._compute(stats._with_neighbours(v_stale)));
  return greatest(cardinality(v_stale), cardinality(v_submitted));
end $$;

comment on function stats.flush(integer) is
  'Sums what has changed: computes the facts of so many stale dialogs, adds the difference to the sums and stores the facts. '
  'Returns how many dialogs, or chats that something was submitted for, it took; 0: there is nothing to do, or another session does it. Error: PA040.';
