-- No set search_path, so that it is inlined.
create or replace function chat._status_event(status smallint) returns text
language sql immutable parallel safe
return case status
  when 0 then 'conversation_open'
  when 1 then 'conversation_resolved'
  when 2 then 'conversation_pending'
  when 3 then 'conversation_snoozed'
end;

comment on function chat._status_event(smallint) is 'The name of the event that is logged when a conversation gets that status.';
