-- Dropped and created, not replaced: a partitioned table's row triggers cannot be replaced before PostgreSQL 17.
drop trigger if exists _100_prepare_event on broker.events;
create trigger _100_prepare_event before insert on broker.events
  for each row when (new.dedupe_id is not null or new.run_at is not null) execute function broker.prepare_event();
comment on trigger _100_prepare_event on broker.events is 'Costs next to nothing for the events that need neither.';

drop trigger if exists _200_fan_out on broker.events;
create trigger _200_fan_out after insert on broker.events
  referencing new table as new_events
  for each statement execute function broker.fan_out();
comment on trigger _200_fan_out on broker.events is 'Statement level: single rows, multi-row inserts and COPY alike.';

create or replace trigger _100_refresh_routes after insert or update or delete or truncate on broker.t_chatserver_event
  for each statement execute function broker.refresh_routes();
comment on trigger _100_refresh_routes on broker.t_chatserver_event is 'The next put follows the change.';

create or replace trigger _100_refresh_routes after insert or update or delete or truncate on broker.t_chatserver_queue
  for each statement execute function broker.refresh_routes();
comment on trigger _100_refresh_routes on broker.t_chatserver_queue is 'The next put follows the change.';

create or replace trigger _100_refresh_routes after insert or update of name, lanes or delete on broker.queues
  for each statement execute function broker.refresh_routes();
comment on trigger _100_refresh_routes on broker.queues is 'The next put follows the change.';
