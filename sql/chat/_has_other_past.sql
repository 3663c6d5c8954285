create or replace function chat._has_other_past(conversation chat.conversations, was chat.conversations) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if conversation.status <> was.status then
    return false;
  end if;
  return (
    conversation.dialog_id is distinct from was.dialog_id
    and was.dialog_id is distinct from (
      select d.id from chat.dialogs d where d.conversation_id = was.id order by d.created_at desc limit 1
    )
  ) or (
    conversation.created_at <> was.created_at
    and conversation.created_at = (
      select d.created_at from chat.dialogs d where d.conversation_id = was.id order by d.created_at limit 1
    )
  );
end $$;

comment on function chat._has_other_past(chat.conversations, chat.conversations) is
  'Whether an update makes a conversation agree with its dialogs, since one was inserted into its past or taken away. Only '
  'functions that store chats do that; whatever else is written to dialog_id is not the truth.';
