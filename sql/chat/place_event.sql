-- With the rights of who inserts, to tell clients, and the triggers of clients, from the model's own functions.
create or replace function chat.place_event() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not chat._is_own_event(new.name) then
    return chat._place_event(new);
  end if;
  -- Complete, there is no dialog yet.
  if has_column_privilege('chat.events', 'dialog_id', 'insert') then
    return new;
  end if;
  raise exception using
    errcode = 'PA038',
    message = format('%s is logged by triggers only', new.name),
    hint = 'Change the conversation''s status or assignee; for history, with updated_at set to the time of the change.';
end $$;

comment on function chat.place_event() is
  'Completes the events that clients log themselves, and refuses those that only triggers log. Errors: PA030, PA031, PA038, PA041.';
