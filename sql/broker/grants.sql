-- Who may do what (design: roles by job). PostgreSQL lets everybody execute a new function, so that is taken back first.
revoke all on all functions in schema broker from public;
revoke all on all procedures in schema broker from public;
grant usage on schema broker to parley_producer, parley_worker, parley_operator;

-- Producers put events and see what events there are. They read no event back.
grant insert (name, data, key, dedupe_id, run_at), select (id) on broker.events to parley_producer;
grant usage on sequence broker.event_id_seq to parley_producer;
grant select on broker.t_chatserver_event to parley_producer;
grant execute on function broker.put_event(text, jsonb, text, text, timestamptz) to parley_producer;

-- Workers read queues through functions, settle what they read, and run the maintenance.
grant execute on function
  broker.clock(), broker.now(),
  broker.put_event(text, jsonb, text, text, timestamptz),
  broker.register_consumer(text, text),
  broker.register_consumers(text[], text[]),
  broker.balance_lanes(integer, uuid, smallint[]),
  broker.release_lanes(integer, smallint[], bigint[]),
  broker.save_progress(integer, smallint[], bigint[]),
  broker.count_deliveries(integer, bigint, bigint, bigint),
  broker.retire_reader(integer),
  broker.has_messages(integer),
  broker.disarm(integer),
  broker.receive(integer, smallint[], bigint[], integer, bigint[], smallint[], bigint[], bigint),
  broker.confirm(integer, smallint[], bigint[]),
  broker.confirm_delayed(integer, bigint[]),
  broker.fail(integer, jsonb),
  broker.crashes_of(integer, bigint[]),
  broker.record_suspects(integer, bigint[]),
  broker.clear_suspects(integer, bigint[]),
  broker.sweep(),
  broker.add_event_partitions(),
  broker.drop_expired_events(),
  broker.forget_dedupe_ids(),
  broker.forget_suspects(),
  broker.compact_deliveries()
to parley_worker;
grant execute on procedure broker.take_checkpoint(bigint, text, text), broker.maintain() to parley_worker;
grant select on sequence broker.message_id_seq to parley_worker;
grant select (id, name, enabled, max_readers, task) on broker.queues to parley_worker;

-- Operators watch, pause, redrive and replay; DBAs among them edit routes, queues and settings as rows.
grant select on
  broker.t_chatserver_event, broker.t_chatserver_queue, broker.queues, broker.settings, broker.events, broker.messages,
  broker.routes, broker.delayed_messages, broker.error_messages, broker.lanes, broker.activations, broker.deliveries, broker.suspect_messages
to parley_operator;
grant select on sequence broker.event_id_seq, broker.message_id_seq to parley_operator;
grant insert, update, delete on broker.t_chatserver_event, broker.t_chatserver_queue to parley_operator;
grant update (event_retention, dedupe_retention, events_per_partition, partitions_ahead) on broker.settings to parley_operator;
grant update (max_readers, messages_per_reader, max_attempts, retry_delay, retry_delay_max) on broker.queues to parley_operator;
grant execute on function
  broker.create_queue(text, text, text, text, integer, integer, integer, integer, interval, interval),
  broker.drop_queue(text, boolean),
  broker.subscribe(text, text),
  broker.unsubscribe(text, text),
  broker.pause_queue(text),
  broker.resume_queue(text),
  broker.redrive(bigint[], text, text),
  broker.discard(bigint[], text, text),
  broker.replay(text, timestamptz, timestamptz)
to parley_operator;

-- A view checks functions against its reader, hence these.
grant select on broker.queue_status to parley_worker, parley_operator;
grant execute on function
  broker.clock(), broker.now(), broker._depth(integer), broker._oldest_put_at(integer), broker._readers(integer)
to parley_worker, parley_operator;
