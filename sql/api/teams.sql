create or replace view api.teams with (security_invoker = true) as
select t.id, t.account_id, t.name, t.created_at, t.deleted_at
from chat.teams t;

comment on view api.teams is E'@primaryKey id\nGroups of agents, dissolved ones included: history names them.';
comment on column api.teams.id is E'@notNull\nDepartmentId of events.';
comment on column api.teams.account_id is E'@notNull\nThe account.';
comment on column api.teams.name is E'@notNull\nIts name.';
comment on column api.teams.created_at is E'@notNull\nWhen it was made here.';
comment on column api.teams.deleted_at is 'When the team was dissolved; null: is still there.';
