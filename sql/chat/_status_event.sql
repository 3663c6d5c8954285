-- No set search_path, so that it is inlined.
create or replace function chat._status_event(status smallint) returns text
language sql immutable parallel safe
return ('{conversation_open,conversation_resolved,conversation_pending,conversation_snoozed}'::text[])[status + 1];

comment on function chat._status_event(smallint) is 'The name of the event that is logged when a conversation gets that status.';
