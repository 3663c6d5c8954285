create or replace view api.inboxes with (security_invoker = true) as
select i.id, i.account_id, i.name, i.channel_type, i.identifier, i.created_at, i.deleted_at
from chat.inboxes i;

comment on view api.inboxes is E'@primaryKey id\nWhere contacts write to, closed ones included: history names them.';
comment on column api.inboxes.id is E'@notNull\nUnique in the whole database.';
comment on column api.inboxes.account_id is E'@notNull\nThe account.';
comment on column api.inboxes.name is E'@notNull\nIts name.';
comment on column api.inboxes.channel_type is 'Through what contacts write, such as a website.';
comment on column api.inboxes.identifier is 'The client''s own name of it.';
comment on column api.inboxes.created_at is E'@notNull\nWhen it was made here.';
comment on column api.inboxes.deleted_at is 'When the inbox was closed; null: is still there.';
