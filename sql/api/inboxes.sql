create or replace view api.inboxes with (security_invoker = true) as
select i.id, i.account_id, i.name, i.channel_type, i.identifier, i.created_at, i.deleted_at
from chat.inboxes i;

comment on view api.inboxes is E'@primaryKey id\nWhere contacts write to, closed ones included: history names them.';
comment on column api.inboxes.id is '@notNull';
comment on column api.inboxes.account_id is '@notNull';
comment on column api.inboxes.name is '@notNull';
comment on column api.inboxes.identifier is 'The client''s own name of it.';
comment on column api.inboxes.created_at is '@notNull';
comment on column api.inboxes.deleted_at is 'When the inbox was closed; null: is still there.';
