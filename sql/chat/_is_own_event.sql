-- No set search_path, so that it is inlined.
create or replace function chat._is_own_event(name text) returns boolean
language sql immutable parallel safe
return name in ('conversation_pending', 'conversation_open', 'conversation_snoozed', 'conversation_resolved',
  'conversation_assigned', 'first_response');

comment on function chat._is_own_event(text) is 'Whether events of that name are logged by the model itself; clients may add others.';
