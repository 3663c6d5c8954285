-- No set search_path, so that it is inlined.
create or replace function stats._has_times(metric api.metric) returns boolean
language sql immutable parallel safe
return metric in ('handed_off', 'queue_wait', 'first_response', 'first_response_human', 'first_response_agent', 'reply_time',
  'resolution', 'active_resolution', 'bot_time', 'snoozed_time', 'assigned_to_resolved', 'customer_waiting',
  'handle_time', 'dialogs_handled');

comment on function stats._has_times(api.metric) is
  'Whether each measurement of the metric is one time in milliseconds, so that it has percentiles, and a histogram.';
