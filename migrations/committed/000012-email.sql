--! Previous: sha1:5680d0fb7bf49a3f59d5a6dfa5a0b8a8f86f9e49
--! Hash: sha1:32b4a1dd9189a3012d9e8b120c7842d89059d879
--! Message: email

-- E-mail: who has a mail already, of deliveries that did not reach all of their recipients at once.

create table outbound.mailed (
  delivery_id text not null,
  recipient bytea not null constraint mailed_recipient_is_a_digest check (octet_length(recipient) = 32),
  mailed_at timestamptz not null default broker.now(),
  primary key (delivery_id, recipient)
);
comment on table outbound.mailed is
  'Recipients who have the mail of a delivery while others still wait for it, so that it is not sent to them again.';
comment on column outbound.mailed.recipient is 'SHA-256 of the address in lower case: enough to compare, and nobody''s address.';
create index mailed_at_idx on outbound.mailed (mailed_at);

--! Included outbound/email.sql
-- A server takes a mail for some recipients and defers it for others. Those who have it are remembered until the others have it too.

--! Included outbound/mailed_recipients.sql
create or replace function outbound.mailed_recipients(delivery_id text) returns setof bytea
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.recipient from outbound.mailed m where m.delivery_id = mailed_recipients.delivery_id
$$;

comment on function outbound.mailed_recipients(text) is
  'Digests of those who have the mail of a delivery that is still on its way to others.';
--! EndIncluded outbound/mailed_recipients.sql
--! Included outbound/remember_mailed.sql
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
--! EndIncluded outbound/remember_mailed.sql
--! Included outbound/forget_mailed.sql
create or replace function outbound.forget_mailed(delivery_id text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from outbound.mailed m
  where m.delivery_id = forget_mailed.delivery_id
    -- Deliveries that were given up are not asked for again, but for being redriven.
    or m.mailed_at < broker.now() - interval '90 days'
$$;

comment on function outbound.forget_mailed(text) is
  'Forgets who has the mail of a delivery that everybody has by now: delivered again on purpose, it goes to all. And what is 90 days old.';
--! EndIncluded outbound/forget_mailed.sql
--! Included outbound/email_grants.sql
revoke all on function
  outbound.mailed_recipients(text), outbound.remember_mailed(text, bytea[]), outbound.forget_mailed(text)
from public;
grant execute on function
  outbound.mailed_recipients(text), outbound.remember_mailed(text, bytea[]), outbound.forget_mailed(text)
to parley_worker;
--! EndIncluded outbound/email_grants.sql
--! EndIncluded outbound/email.sql
