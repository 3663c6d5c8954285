create or replace function broker.add_event_partitions() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
declare
  v_settings broker.settings;
  v_newest bigint;
  v_from bigint;
  v_to bigint;
  v_name text;
  v_made integer := 0;
begin
  if not pg_try_advisory_xact_lock(1346458193, 0) then
    return 0;
  end if;
  select * into v_settings from broker.settings;
  select s.last_value into v_newest from broker.event_id_seq s;
  select coalesce(max(p.to_id), 1) into v_from from broker._event_partitions() p;

  while v_from <= v_newest + v_settings.events_per_partition * (v_settings.partitions_ahead - 1) loop
    v_to := v_from + v_settings.events_per_partition;
    v_name := 'events_' || lpad(v_from::text, 12, '0');
    execute format('create table broker.%I (like broker.events including all)
      with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 500000)', v_name);
    execute format('comment on table broker.%I is %L', v_name, format('Events %s to %s.', v_from, v_to - 1));
    if exists (select from broker.events_default e where e.id >= v_from and e.id < v_to) then
      lock table broker.events in access exclusive mode;
      execute format('with moved as (delete from broker.events_default where id >= $1 and id < $2 returning *)
        insert into broker.%I select * from moved', v_name) using v_from, v_to;
    end if;
    execute format('alter table broker.events attach partition broker.%I for values from (%s) to (%s)', v_name, v_from, v_to);
    v_made := v_made + 1;
    v_from := v_to;
  end loop;
  return v_made;
exception
  when lock_not_available then
    return 0;
end $$;

comment on function broker.add_event_partitions() is
  'Keeps settings.partitions_ahead empty partitions ready beyond the newest event, and moves what the default partition caught. '
  'Returns how many it made; 0 when a lock was not to be had: the next run tries again.';
