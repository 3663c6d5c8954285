-- Deliveries to the world outside. An event that a consumer of the broker gets becomes, in the same transaction, a delivery for each
-- destination that wants it (accept). From there on each destination is on its own: the dispatcher that holds it, through an advisory
-- lock of its session, receives what waits for it in order, has it delivered outside of any transaction, and settles what came of it
-- in batches. What fails waits for its retry and holds back its key only; what is rejected or out of attempts goes to the broker's
-- error queue.

-- Destinations
--! include outbound/check_destination.sql
--! include outbound/triggers.sql
--! include outbound/_destination.sql
--! include outbound/destination_states.sql
--! include outbound/shown_headers.sql
--! include outbound/new_destination_id.sql
--! include outbound/remove_destination.sql

-- Accepting
--! include outbound/_queue_id.sql
--! include outbound/_account_id.sql
--! include outbound/accept.sql
--! include outbound/redeliver.sql

-- Dispatchers and the destinations they hold
--! include outbound/_dispatchers.sql
--! include outbound/join_dispatchers.sql
--! include outbound/look.sql
--! include outbound/revisions.sql
--! include outbound/hold.sql
--! include outbound/vacate.sql
--! include outbound/release.sql

-- Receiving and settling
--! include outbound/_due.sql
--! include outbound/receive.sql
--! include outbound/due_in.sql
--! include outbound/_let_go_behind.sql
--! include outbound/_hold_behind.sql
--! include outbound/_rows_of.sql
--! include outbound/_rows_at.sql
--! include outbound/record_suspects.sql
--! include outbound/clear_suspects.sql
--! include outbound/_reject.sql
--! include outbound/record_attempts.sql
--! include outbound/settle.sql
--! include outbound/save_conditions.sql
--! include outbound/_put_error_event.sql
--! include outbound/record_misconfiguration.sql
--! include outbound/switch_off_gone.sql

-- A mail server takes a mail for some recipients and defers it for others. Those who have it are remembered until the others have it too.
--! include outbound/mailed_recipients.sql
--! include outbound/remember_mailed.sql
--! include outbound/forget_mailed.sql

-- What the adapter of other ticket systems remembers
--! include outbound/ticket_references.sql
--! include outbound/keep_ticket_reference.sql

-- Upkeep
--! include outbound/forget_attempts.sql
--! include outbound/forget_answers.sql
--! include outbound/forget_rejected.sql
--! include outbound/forget_old_mailed.sql
--! include outbound/switch_off_failing.sql
--! include outbound/delete_removed.sql

--! include outbound/policies.sql
--! include outbound/grants.sql
