-- As api.dialogs.
create or replace view api.ownerships with (security_invoker = true) as
select
  d.dialog_id,
  d.n,
  d.account_id,
  d.inbox_id,
  d.team_id,
  d.agent_id,
  d.previous_agent_id,
  d.began_at,
  d.ended_at,
  d.first_reply_at,
  stats._ms(d.first_reply_at - d.began_at) / 1000::double precision as first_reply_s,
  d.handle_ms / 1000::double precision as handle_s,
  d.resolved_at
from (
  select false as is_fresh, f.* from stats.ownerships f
  union all
  select true, f.* from stats.pending((select stats.current_account())) p cross join lateral unnest(p.ownerships) f
) d
where d.account_id = (select stats.current_account())
  and (d.is_fresh or d.dialog_id not in (select unnest(stats.pending_ids((select stats.current_account())))));

comment on view api.ownerships is
  E'@primaryKey dialog_id,n\nWho had a dialog when, as of the last commit: a row for every time that an agent had it.';
comment on column api.ownerships.dialog_id is E'@notNull\nThe dialog.';
comment on column api.ownerships.n is E'@notNull\nFrom 1 on, in order of time.';
comment on column api.ownerships.account_id is E'@notNull\nThe account.';
comment on column api.ownerships.inbox_id is E'@notNull\nOf the dialog.';
comment on column api.ownerships.team_id is 'Of the dialog.';
comment on column api.ownerships.agent_id is E'@notNull\nWho had it.';
comment on column api.ownerships.previous_agent_id is 'From whom it was transferred; null: from nobody.';
comment on column api.ownerships.began_at is E'@notNull\nWhen the agent got the dialog.';
comment on column api.ownerships.ended_at is 'Transferred, unassigned or resolved; null: still has it.';
comment on column api.ownerships.first_reply_at is 'The first reply that this agent wrote meanwhile.';
comment on column api.ownerships.first_reply_s is 'Seconds from began_at to first_reply_at.';
comment on column api.ownerships.handle_s is E'@notNull\nSeconds that it was open meanwhile, of finished intervals.';
comment on column api.ownerships.resolved_at is 'When the dialog was resolved; null: it lasts.';
