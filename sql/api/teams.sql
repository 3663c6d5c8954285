create or replace view api.teams with (security_invoker = true) as
select t.id, t.account_id, t.name, t.created_at, t.deleted_at
from chat.teams t;

comment on view api.teams is E'@primaryKey id\nGroups of agents, dissolved ones included: history names them.';
comment on column api.teams.id is E'@notNull\nDepartmentId of events.';
comment on column api.teams.account_id is '@notNull';
comment on column api.teams.name is '@notNull';
comment on column api.teams.created_at is '@notNull';
comment on column api.teams.deleted_at is 'When the team was dissolved; null: is still there.';
