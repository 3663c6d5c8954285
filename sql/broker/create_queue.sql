create or replace function broker.create_queue(
  name text,
  send_service_name text default '',
  send_queue_name text default '',
  receive_service_name text default '',
  lanes integer default 8,
  max_readers integer default 4,
  messages_per_reader integer default 5000,
  max_attempts integer default 10,
  retry_delay interval default '1 second',
  retry_delay_max interval default '10 minutes'
) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id integer;
  v_rule text;
begin
  begin
    insert into broker.queues (name, send_service_name, send_queue_name, receive_service_name,
      lanes, max_readers, messages_per_reader, max_attempts, retry_delay, retry_delay_max)
    values (create_queue.name, create_queue.send_service_name, create_queue.send_queue_name,
      create_queue.receive_service_name, create_queue.lanes, create_queue.max_readers,
      create_queue.messages_per_reader, create_queue.max_attempts, create_queue.retry_delay,
      create_queue.retry_delay_max)
    returning id into v_id;
    -- Made apart and attached below: that takes no lock which a put would wait for.
    execute format('create table broker.%I (like broker.messages including defaults including constraints)
      with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000000,
        autovacuum_vacuum_cost_delay = 0)', create_queue.name);
  exception
    when unique_violation or duplicate_table or duplicate_object then
      raise exception using
        errcode = 'PA003',
        message = format('a queue or table "%s" exists already', create_queue.name),
        hint = 'Choose another name.';
    when check_violation or not_null_violation or numeric_value_out_of_range then
      get stacked diagnostics v_rule = constraint_name;
      raise exception using
        errcode = 'PA004',
        message = format('queue "%s": %s', left(coalesce(create_queue.name, ''), 200),
          coalesce(nullif(v_rule, ''), sqlerrm)),
        hint = 'A name starts with a letter and has at most 50 letters, digits, ".", "_" or "-"; for settings see the comments on broker.queues.';
  end;

  execute format('comment on table broker.%I is %L', create_queue.name, 'Messages that wait in this queue.');
  execute format('alter table broker.messages attach partition broker.%I for values in (%s)', create_queue.name, v_id);

  insert into broker.lanes (queue_id, lane, low_id)
  select v_id, l, 0 from generate_series(0, create_queue.lanes - 1) l;
  insert into broker.activations (queue_id) values (v_id);
  return v_id;
end $$;

comment on function broker.create_queue(text, text, text, text, integer, integer, integer, integer, interval, interval) is
  'Creates a queue at run time; it receives nothing until an event is subscribed. Returns its id. Errors: PA003, PA004.';
