-- The chat itself is not looked for: the transaction that stores it, or says which number it has, may not have ended yet.
create or replace function stats.mark_submitted() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into stats.submitted (account_id, chat_guid, chat_number)
  select distinct (c.changed ->> 'account_id')::bigint, c.changed ->> 'chat_guid', (c.changed ->> 'chat_number')::integer
  from (values (to_jsonb(old)), (to_jsonb(new))) c (changed)
  where c.changed is not null;
  return null;
end $$;

comment on function stats.mark_submitted() is 'Notes about which chat a rating, a wrap-up or a number was and is.';
