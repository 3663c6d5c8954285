create or replace view api.accounts with (security_invoker = true) as
select a.id, a.name, a.created_at
from chat.accounts a;

comment on view api.accounts is E'@primaryKey id\nThe account that the session reads.';
comment on column api.accounts.id is E'@notNull\nSiteId of events.';
comment on column api.accounts.name is E'@notNull\nIts name.';
comment on column api.accounts.created_at is E'@notNull\nWhen it was made here.';
