create or replace view api.agents with (security_invoker = true) as
select u.id, u.account_id, u.name, u.created_at, u.deleted_at
from chat.users u;

comment on view api.agents is E'@primaryKey id\nAgents, those who left included: history names them.';
comment on column api.agents.id is E'@notNull\nAgentId of events.';
comment on column api.agents.account_id is E'@notNull\nThe account.';
comment on column api.agents.name is E'@notNull\nThe name.';
comment on column api.agents.created_at is E'@notNull\nWhen it was made here.';
comment on column api.agents.deleted_at is 'When the agent left; null: is still there.';
