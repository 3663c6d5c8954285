-- For the consumer of TicketQueue. What makes it idempotent is the message's source_id, which is looked up again under the lock.
create or replace function chat.file_in_ticket(
  account_id bigint,
  event_id bigint,
  source_id text,
  subject text,
  content text,
  attachments jsonb,
  author chat.ticket_author,
  contact jsonb,
  ticket_name text,
  ticket_name_means text,
  is_new boolean,
  reopen boolean,
  team_id bigint default null,
  team_name text default null,
  priority chat.ticket_priority default 'normal',
  note text default null,
  note_attachments jsonb default '[]'
) returns table (ticket_id bigint, number integer, is_opened boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_account_id constant bigint := chat._account(file_in_ticket.account_id);
  v_means constant text := case when is_new then 'external' else ticket_name_means end;
  v_dialog chat.dialogs;
  v_contact_id bigint;
  v_ticket chat.tickets;
begin
  is_opened := false;
  if chat._is_from_dialog(contact, v_account_id) then
    select * into v_dialog from chat.dialogs d where d.id = (contact ->> 'dialog_id')::bigint;
    if not found then
      return;
    end if;
    v_contact_id := v_dialog.contact_id;
  elsif contact is not null then
    v_contact_id := chat._chat_contact(v_account_id, contact);
  end if;

  ticket_id := coalesce(
    chat._ticket_of_source(v_account_id, source_id), chat._ticket_named(v_account_id, ticket_name, v_means));
  if ticket_id is null then
    if ticket_name is null and not is_new then
      return;
    end if;
    perform chat._lock_ticket_numbers(v_account_id);
    ticket_id := coalesce(
      chat._ticket_of_source(v_account_id, source_id), chat._ticket_named(v_account_id, ticket_name, v_means));
  end if;

  if ticket_id is null then
    v_ticket.account_id := v_account_id;
    v_ticket.subject := subject;
    v_ticket.contact_id := v_contact_id;
    v_ticket.event_id := file_in_ticket.event_id;
    v_ticket.external_id := ticket_name;
    v_ticket.team_id := chat._team(v_account_id, file_in_ticket.team_id, team_name);
    select t.id into v_ticket.team_id from chat.teams t
    where t.account_id = v_account_id and t.id = v_ticket.team_id and t.deleted_at is null;
    v_ticket.priority := priority;
    v_ticket.dialog_id := v_dialog.id;
    v_ticket.chat_guid := case when v_dialog.id is null then contact ->> 'chat_guid' end;
    ticket_id := chat._insert_ticket(v_ticket);
    is_opened := true;
  end if;
  v_ticket := chat._lock_ticket(ticket_id);
  number := v_ticket.number;

  -- Of several events for one chat the one put last is kept, as by chat.store_chat_ended.
  insert into chat.ticket_messages as m
    (account_id, ticket_id, author, contact_id, content, attachments, source_id, event_id, created_at)
  values (v_account_id, v_ticket.id, author, v_contact_id, content, attachments, source_id, file_in_ticket.event_id, broker.clock())
  on conflict (account_id, source_id) do update
    set content = excluded.content, attachments = excluded.attachments, event_id = excluded.event_id
    where m.event_id < excluded.event_id;
  if found then
    if note is null and note_attachments = '[]' then
      delete from chat.ticket_messages m where m.account_id = v_account_id and m.source_id = file_in_ticket.source_id || ':note';
    else
      insert into chat.ticket_messages as m
        (account_id, ticket_id, author, contact_id, private, content, attachments, source_id, event_id, created_at)
      values (v_account_id, v_ticket.id, 'system', v_contact_id, true, note, note_attachments,
        file_in_ticket.source_id || ':note', file_in_ticket.event_id, broker.clock())
      on conflict (account_id, source_id) do update
        set content = excluded.content, attachments = excluded.attachments, event_id = excluded.event_id;
    end if;
    if reopen and v_ticket.status <> 'open' then
      perform chat._set_ticket_status(v_ticket, 'open');
    else
      update chat.tickets t set updated_at = greatest(broker.clock(), t.updated_at) where t.id = v_ticket.id;
    end if;
  end if;
  return next;
end $$;

comment on function chat.file_in_ticket(
  bigint, bigint, text, text, text, jsonb, chat.ticket_author, jsonb, text, text, boolean, boolean, bigint, text, chat.ticket_priority, text, jsonb
) is
  'Puts what an event tells into the ticket that it names, or into a new one if it asks for that or names a ticket that does not exist, '
  'which then is called so. Once for a source_id: repeated, or overtaken by a newer event, it changes nothing. No row: there is nothing to do, '
  'or the dialog that it came of is gone with its contact, who must not come back by this. '
  'contact: the part of the event''s document that chat._chat_contact and chat._is_from_dialog read; null: nobody is known. Error: PA040.';
