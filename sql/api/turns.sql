-- As api.dialogs.
create or replace view api.turns with (security_invoker = true) as
select
  d.dialog_id,
  d.n,
  d.account_id,
  d.inbox_id,
  d.team_id,
  d.agent_id,
  d.waiting_since,
  d.replied_at,
  d.reply_ms / 1000::double precision as reply_s,
  d.reply_business_ms / 1000::double precision as reply_business_s
from (
  select false as is_fresh, f.* from stats.turns f
  union all
  select true, f.* from stats.pending((select stats.current_account())) p cross join lateral unnest(p.turns) f
) d
where d.account_id = (select stats.current_account())
  and (d.is_fresh or d.dialog_id not in (select unnest(stats.pending_ids((select stats.current_account())))));

comment on view api.turns is
  E'@primaryKey dialog_id,n\nTurns of customers, as of the last commit: from the first unanswered message of the customer to the next reply of a person.';
comment on column api.turns.dialog_id is E'@notNull\nThe dialog.';
comment on column api.turns.n is E'@notNull\nFrom 1 on, in order of time.';
comment on column api.turns.account_id is E'@notNull\nThe account.';
comment on column api.turns.inbox_id is E'@notNull\nOf the dialog.';
comment on column api.turns.team_id is 'Of the dialog.';
comment on column api.turns.agent_id is 'Who replied; null: nobody yet.';
comment on column api.turns.waiting_since is E'@notNull\nFirst unanswered message of the customer.';
comment on column api.turns.replied_at is 'Next reply of a person; null: unanswered.';
comment on column api.turns.reply_s is 'Seconds from waiting_since to replied_at.';
comment on column api.turns.reply_business_s is 'reply_s within business hours.';
