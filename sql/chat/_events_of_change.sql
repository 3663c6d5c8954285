-- No set search_path, so that it is inlined.
create or replace function chat._events_of_change(
  old_status smallint, status smallint, old_assignee_id bigint, assignee_id bigint, old_dialog_id bigint, dialog_id bigint
) returns text[]
language sql immutable parallel safe
return case
  when old_status = status then case
    -- A resolved conversation whose past gets another last dialog has that one's assignee: nothing happens now.
    when old_assignee_id is not distinct from assignee_id or status = 1 and old_dialog_id is distinct from dialog_id then '{}'
    else '{conversation_assigned}'::text[]
  end
  when old_assignee_id is not distinct from assignee_id then array[chat._status_event(status)]
  -- An assignment takes effect before its update resolves the conversation, else after the change of status.
  when status = 1 then '{conversation_assigned,conversation_resolved}'
  else array[chat._status_event(status), 'conversation_assigned']
end;

comment on function chat._events_of_change(smallint, smallint, bigint, bigint, bigint, bigint) is
  'The names of the events that a change of a conversation logs, in the order of their times: a microsecond apart, the last at updated_at.';
