-- No set search_path, so that it is inlined. How much has been said of a dialog is measured when it is resolved.
create or replace function stats._measure_alike(was stats.dialogs, has_become stats.dialogs) returns boolean
language sql immutable parallel safe
return was.resolved_at is null and has_become.resolved_at is null
  and (
    was.account_id, was.inbox_id, was.team_id, was.started_at, was.first_open_at, was.first_assigned_at, was.first_customer_message_at,
    was.first_reply_at, was.first_assignee_id, was.first_replier_id, was.assignee_id, was.queue_wait_business_ms,
    was.first_response_business_ms, was.first_response_human_business_ms, was.rating, was.is_satisfied, was.rated_at, was.wrapup_agent_id,
    was.wrapped_up_at
  ) is not distinct from (
    has_become.account_id, has_become.inbox_id, has_become.team_id, has_become.started_at, has_become.first_open_at,
    has_become.first_assigned_at, has_become.first_customer_message_at, has_become.first_reply_at, has_become.first_assignee_id,
    has_become.first_replier_id, has_become.assignee_id, has_become.queue_wait_business_ms, has_become.first_response_business_ms,
    has_become.first_response_human_business_ms, has_become.rating, has_become.is_satisfied, has_become.rated_at, has_become.wrapup_agent_id,
    has_become.wrapped_up_at
  );

comment on function stats._measure_alike(stats.dialogs, stats.dialogs) is
  'Whether stats.measurements says the same of an unresolved dialog before and after it changed.';
