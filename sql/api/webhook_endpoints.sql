-- With the rights of its owner: administrators read what of a destination is not secret here, and nothing of it by itself.
create or replace view api.webhook_endpoints with (security_barrier = true) as
select
  d.id,
  d.name,
  d.settings ->> 'url' as url,
  outbound.shown_headers(d.settings -> 'headers') as headers,
  d.events,
  d.concurrency::integer as concurrency,
  d.rate_per_second::double precision as rate_per_second,
  d.enabled,
  s.state,
  s.waiting,
  s.failing_since,
  s.error_code,
  s.error,
  s.probe_at,
  s.switched_off_at,
  d.created_at,
  d.updated_at
from outbound.destinations d
join outbound.destination_states s on s.id = d.id
where d.kind = 'webhook' and d.account_id = (select stats.current_account());

comment on view api.webhook_endpoints is E'@primaryKey id\nWhere the account''s events are posted to. Needs a token of the role administrator.';
comment on column api.webhook_endpoints.id is E'@notNull\nWhat mutations take.';
comment on column api.webhook_endpoints.name is E'@notNull\nWhat the account calls it; each of its endpoints has another name.';
comment on column api.webhook_endpoints.url is E'@notNull\nWhere events are posted to.';
comment on column api.webhook_endpoints.headers is
  'Sent with each event. Those whose name tells of a secret are null, and those that were given as secret are not among them.';
comment on column api.webhook_endpoints.events is 'Names of the events it wants; null: all that are routed to WebHookQueue.';
comment on column api.webhook_endpoints.concurrency is E'@notNull\nMost events posted at the same time, each of another conversation.';
comment on column api.webhook_endpoints.rate_per_second is 'Most events posted a second; null: as fast as it answers.';
comment on column api.webhook_endpoints.enabled is E'@notNull\nfalse: it gets no new events, and what waits goes on waiting.';
comment on column api.webhook_endpoints.state is
  E'@notNull\nworks; failing: it has failed since its last success; down: all waits until probeAt; misconfigured: its settings cannot be used; '
  'disabled: by hand; switched off: it kept failing, or is gone.';
comment on column api.webhook_endpoints.waiting is E'@notNull\nEvents that are to be posted, counted up to 10000.';
comment on column api.webhook_endpoints.failing_since is 'First failure since the last success; null: it works.';
comment on column api.webhook_endpoints.error_code is 'What went wrong last, as a code of docs/errors.md; null: nothing since the last success.';
comment on column api.webhook_endpoints.error is 'What went wrong last, or why it is misconfigured; null: nothing since the last success.';
comment on column api.webhook_endpoints.probe_at is 'It is down: when it is tried again.';
comment on column api.webhook_endpoints.switched_off_at is 'When it was switched off, because it kept failing or said that it is gone; null: it is not.';
comment on column api.webhook_endpoints.created_at is E'@notNull\nWhen it was added.';
comment on column api.webhook_endpoints.updated_at is E'@notNull\nWhen it was last changed, enabled or disabled.';
