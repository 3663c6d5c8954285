-- The broker, from an event's birth to its end. This file is its table of contents; every object has a file of its own.
--
-- A producer inserts into broker.events (or calls put_event). A statement trigger copies a narrow row into the queue
-- of every consumer that t_chatserver_queue names. Each row goes into a lane, by the hash of its key. A reader, run by
-- a graphile-worker task, owns some lanes of one queue through advisory locks of its session, receives their messages
-- in id order, has them handled and confirms them. What fails waits in delayed_messages and holds back its key only;
-- what is rejected or out of attempts goes to error_messages.

-- Words everything uses
--! include broker/clock.sql
--! include broker/now.sql
--! include broker/conversation_group.sql
--! include broker/lane_of.sql
--! include broker/_queue.sql
--! include broker/_refuse_event.sql
--! include broker/_event_type.sql

-- Putting events
--! include broker/_wake.sql
--! include broker/_schedule.sql
--! include broker/prepare_event.sql
--! include broker/fan_out.sql
--! include broker/put_event.sql

-- Routing
--! include broker/_wanted_routes.sql
--! include broker/_make_puts_wait.sql
--! include broker/refresh_routes.sql
--! include broker/triggers.sql

-- Queues and routes
--! include broker/create_queue.sql
--! include broker/drop_queue.sql
--! include broker/subscribe.sql
--! include broker/unsubscribe.sql
--! include broker/pause_queue.sql
--! include broker/resume_queue.sql

-- Readers and their lanes
--! include broker/register_consumer.sql
--! include broker/register_consumers.sql
--! include broker/_lane_lock.sql
--! include broker/_readers.sql
--! include broker/balance_lanes.sql
--! include broker/release_lanes.sql
--! include broker/save_progress.sql
--! include broker/count_deliveries.sql
--! include broker/retire_reader.sql
--! include broker/disarm.sql
--! include broker/take_checkpoint.sql

-- Receiving and confirming
--! include broker/confirm.sql
--! include broker/_receive_delayed.sql
--! include broker/_receive_past_retries.sql
--! include broker/receive.sql
--! include broker/_let_go_behind.sql
--! include broker/confirm_delayed.sql

-- Failing
--! include broker/_retry_delay.sql
--! include broker/_failures.sql
--! include broker/_put_errors.sql
--! include broker/_move_to_errors.sql
--! include broker/fail.sql
--! include broker/crashes_of.sql
--! include broker/record_suspects.sql
--! include broker/clear_suspects.sql

-- Activation
--! include broker/promote_scheduled.sql
--! include broker/_waiting.sql
--! include broker/has_messages.sql
--! include broker/sweep.sql

-- Operators
--! include broker/_oldest_put_at.sql
--! include broker/_depth.sql
--! include broker/queue_status.sql
--! include broker/_select_errors.sql
--! include broker/redrive.sql
--! include broker/discard.sql
--! include broker/replay.sql

-- Upkeep
--! include broker/_event_partitions.sql
--! include broker/add_event_partitions.sql
--! include broker/_is_needed.sql
--! include broker/drop_expired_events.sql
--! include broker/forget_dedupe_ids.sql
--! include broker/compact_deliveries.sql
--! include broker/forget_suspects.sql
--! include broker/maintain.sql

--! include broker/grants.sql
