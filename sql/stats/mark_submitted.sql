-- Neither a chat nor what was submitted about it is looked for: the transaction that stores it may not have ended yet.
create or replace function stats.mark_submitted() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    insert into stats.submitted (account_id, chat_guid, chat_number)
    select (r.changed ->> 'account_id')::bigint, r.changed ->> 'chat_guid', (r.changed ->> 'chat_number')::integer
    from (select to_jsonb(f) from former f union all select to_jsonb(c) from changed c) r (changed)
    group by 1, 2, 3;
  else
    insert into stats.submitted (account_id, chat_guid, chat_number)
    select (r.changed ->> 'account_id')::bigint, r.changed ->> 'chat_guid', (r.changed ->> 'chat_number')::integer
    from (select to_jsonb(c) from changed c) r (changed)
    group by 1, 2, 3;
  end if;
  return null;
end $$;

comment on function stats.mark_submitted() is
  'Notes which chats came or went, and about which ratings, wrap-ups or numbers were and are, once a statement and chat.';
