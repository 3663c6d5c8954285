-- With the rights of whoever reads: row security keeps to the account, and lets the newest be read by the index, which no barrier would.
create or replace view api.webhook_attempts with (security_invoker = true) as
select
  a.id,
  a.destination_id as endpoint_id,
  a.event_id,
  a.event_name,
  a.attempt::integer as attempt,
  a.started_at,
  a.duration_ms,
  a.outcome::text as outcome,
  a.status,
  a.answer,
  a.error_code,
  a.error
from outbound.attempts a
where exists (select from outbound.destinations d where d.id = a.destination_id and d.kind = 'webhook');

comment on view api.webhook_attempts is
  E'@primaryKey id\n@foreignKey (endpoint_id) references webhook_endpoints (id)|@fieldName endpoint|@foreignFieldName attempts\n'
  'What was posted to webhook endpoints, and what came of it. Needs a token of the role administrator.';
comment on column api.webhook_attempts.id is E'@notNull\nAttempts that were logged later have higher ones.';
comment on column api.webhook_attempts.endpoint_id is E'@notNull\nThe endpoint.';
comment on column api.webhook_attempts.event_id is E'@notNull\nThe event.';
comment on column api.webhook_attempts.event_name is E'@notNull\nIts name, such as chat.ended.';
comment on column api.webhook_attempts.attempt is E'@notNull\n1 the first time.';
comment on column api.webhook_attempts.started_at is E'@notNull\nWhen the event was posted.';
comment on column api.webhook_attempts.duration_ms is E'@notNull\nMilliseconds until it was answered, or given up.';
comment on column api.webhook_attempts.outcome is
  E'@notNull\ndelivered; failed: tried again; down: tried again when the endpoint is back; rejected: in the error queue.';
comment on column api.webhook_attempts.status is 'HTTP status; null: there was no answer.';
comment on column api.webhook_attempts.answer is 'The beginning of the answer, up to 1 kB, for some days; of what was delivered none is kept, unless a DBA asks for it.';
comment on column api.webhook_attempts.error_code is 'What went wrong, as a code of docs/errors.md; null: delivered.';
comment on column api.webhook_attempts.error is 'What went wrong; null: delivered.';
