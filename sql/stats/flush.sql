-- What is noted after the facts were read stays, and is looked at again. Readers see all of a flush, or none.
create or replace function stats.flush(max_dialogs integer default 2000) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_newest_id bigint;
  v_submitted stats.submitted[];
  v_next record;
begin
  perform chat._require_read_committed('statistics are summed');
  if not pg_try_advisory_xact_lock(hashtextextended('stats.sums', 0)) then
    return 0;
  end if;

  -- Before this transaction has an id of its own: who drew an id of stats.stale until now has an older one.
  if pg_current_xact_id_if_assigned() is null then
    select s.last_value into v_newest_id from stats.stale_id_seq s;
  end if;
  with taken as (
    delete from stats.submitted s
    where s.id in (select f.id from stats.submitted f order by f.id limit max_dialogs)
    returning s
  )
  select array_agg(t.s) into v_submitted from taken t;
  select * into v_next from stats._next_pending(max_dialogs, v_submitted);
  if v_next.ids = '{}' and v_submitted is null then
    return 0;
  end if;

  delete from stats.stale s where s.id = any (v_next.ids);
  perform stats._move_horizon(v_newest_id);
  if v_next.dialogs > 0 then
    perform stats._apply(v_next.facts);
  end if;
  return greatest(v_next.dialogs, cardinality(v_submitted), case when v_next.is_full then max_dialogs end);
end $$;

comment on function stats.flush(integer) is
  'Sums what has changed: computes the facts of so many stale dialogs, adds the difference to the sums and stores the facts. '
  'Returns how many dialogs, or chats that something was submitted for, it took, or, if these have left too many notes for one flush, max_dialogs: '
  'fewer mean that nothing is left. 0: there is nothing to do, or another session does it. Error: PA040.';
