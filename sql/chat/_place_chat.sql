create or replace function chat._place_chat(dialog chat.dialogs, replaced chat.dialogs) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Locked first, looked at by a query of its own: it must see what was committed while the locks were waited for.
  perform from chat.conversations c
  where c.account_id = dialog.account_id and c.contact_id = dialog.contact_id and c.inbox_id = dialog.inbox_id
    and c.identifier is null
  order by c.id
  for no key update;
  if found then
    select c.id into dialog.conversation_id
    from chat.conversations c
    where c.account_id = dialog.account_id and c.contact_id = dialog.contact_id and c.inbox_id = dialog.inbox_id
      and c.identifier is null and (c.dialog_id is not null or c.id = replaced.conversation_id)
      and not exists (
        select from chat.dialogs d
        where d.conversation_id = c.id and (
          d.created_at <= dialog.updated_at and d.updated_at >= dialog.created_at
          or not exists (select from chat.chats a where a.dialog_id = d.id offset 0)
        )
        offset 0
      )
    order by c.id
    limit 1;
  end if;

  if dialog.conversation_id is null then
    dialog.conversation_id := nextval('chat.conversations_id_seq');
    insert into chat.conversations
      (id, account_id, inbox_id, contact_id, status, assignee_id, team_id, dialog_id, created_at, updated_at)
    values (dialog.conversation_id, dialog.account_id, dialog.inbox_id, dialog.contact_id, dialog.status, dialog.assignee_id,
      dialog.team_id, dialog.id, dialog.created_at, dialog.updated_at);
    insert into chat.dialogs select dialog.*;
  else
    insert into chat.dialogs select dialog.*;
    perform chat._follow_past_dialogs(dialog.conversation_id, replaced);
  end if;
  return dialog.conversation_id;
end $$;

comment on function chat._place_chat(chat.dialogs, chat.dialogs) is
  'Inserts the dialog of a chat that came as an event into the first conversation of its contact and inbox that has such dialogs '
  'only and none at that time, made if there is none, and returns that. The contact must be locked. replaced: what the dialog was before.';
