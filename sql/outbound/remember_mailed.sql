create or replace function outbound.remember_mailed(delivery_id text, recipients bytea[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into outbound.mailed (delivery_id, recipient)
  select remember_mailed.delivery_id, r.recipient
  from unnest(remember_mailed.recipients) as r (recipient)
  on conflict do nothing
$$;

comment on function outbound.remember_mailed(text, bytea[]) is
  'Remembers who has the mail of a delivery, by the digests of their addresses.';
