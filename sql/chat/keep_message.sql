create or replace function chat.keep_message() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_assigned jsonb := old.additional_attributes -> 'user_id_assigned';
begin
  if new.created_at <> old.created_at then
    select coalesce(s.dialog_id, old.dialog_id), coalesce(to_jsonb(s.assignee_id::text), 'null') into new.dialog_id, v_assigned
    from chat._state_at(new.conversation_id, new.created_at) s;
  end if;
  new.additional_attributes := coalesce(new.additional_attributes, '{}') || jsonb_build_object('user_id_assigned', v_assigned);
  if new.updated_at is not distinct from old.updated_at then
    new.updated_at := greatest(broker.clock(), old.updated_at);
  end if;
  return new;
end $$;

comment on function chat.keep_message() is
  'Keeps user_id_assigned and updated_at when a message is changed, and gives it the dialog and assignee of its moment when that changes.';
