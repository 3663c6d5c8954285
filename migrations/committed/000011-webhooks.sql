--! Previous: sha1:76211c3a55e946d890cbb8ecdab9064f5ba3e078
--! Hash: sha1:5680d0fb7bf49a3f59d5a6dfa5a0b8a8f86f9e49
--! Message: webhooks

-- Webhooks: who manages the endpoints of an account, and what GraphQL shows and does for them.

-- An administrator reads what an analyst reads, and sets up where the events of the account go. Like the other roles of GraphQL, a login
-- of the web may become one.
do $$
begin
  if not exists (select from pg_roles where rolname = 'parley_administrator') then
    create role parley_administrator nologin;
  end if;
  if not (pg_has_role('parley_administrator', 'parley_analyst', 'usage') and pg_has_role('parley_web', 'parley_administrator', 'member')) then
    grant parley_analyst to parley_administrator;
    grant parley_administrator to parley_web;
  end if;
exception
  -- Roles belong to the whole server: another database may be doing the same this moment ("tuple concurrently updated").
  when internal_error or unique_violation or duplicate_object then null;
end $$;

--! Included api/webhook_endpoints.sql
-- With the rights of its owner: administrators read what of a destination is not secret here, and nothing of it by itself.
create or replace view api.webhook_endpoints with (security_barrier = true) as
select
  d.id,
  d.name,
  d.settings ->> 'url' as url,
  d.settings -> 'headers' as headers,
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
comment on column api.webhook_endpoints.headers is 'Sent with each event; those that are secret are never shown.';
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
--! EndIncluded api/webhook_endpoints.sql
--! Included api/webhook_attempts.sql
create or replace view api.webhook_attempts with (security_barrier = true) as
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
where a.destination_id in (
  select d.id from outbound.destinations d where d.kind = 'webhook' and d.account_id = (select stats.current_account())
);

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
comment on column api.webhook_attempts.answer is 'The beginning of the answer, up to 1 kB.';
comment on column api.webhook_attempts.error_code is 'What went wrong, as a code of docs/errors.md; null: delivered.';
comment on column api.webhook_attempts.error is 'What went wrong; null: delivered.';
--! EndIncluded api/webhook_attempts.sql
--! Included api/_webhook_endpoint.sql
create or replace function api._webhook_endpoint(id integer) returns outbound.destinations
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_endpoint outbound.destinations;
begin
  select * into v_endpoint
  from outbound.destinations d
  where d.id = _webhook_endpoint.id and d.kind = 'webhook' and d.account_id = stats.current_account();
  if not found then
    raise exception using
      errcode = 'PA063',
      message = format('there is no webhook endpoint %s', _webhook_endpoint.id),
      hint = 'webhookEndpoints lists those of your account.';
  end if;
  return v_endpoint;
end $$;

comment on function api._webhook_endpoint(integer) is 'A webhook endpoint of the session''s account, its secrets sealed. Error: PA063.';
--! EndIncluded api/_webhook_endpoint.sql
--! Included api/_check_events.sql
create or replace function api._check_events(events text[]) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event text;
begin
  foreach v_event in array coalesce(_check_events.events, '{}') loop
    perform broker._event_type(v_event);
  end loop;
end $$;

comment on function api._check_events(text[]) is 'Refuses names that no event has: PA001.';
--! EndIncluded api/_check_events.sql
--! Included api/_add_webhook_endpoint.sql
create or replace function api._add_webhook_endpoint(
  name text,
  settings jsonb,
  secrets text,
  events text[],
  concurrency integer,
  rate_per_second double precision
) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id integer;
begin
  perform api._check_events(_add_webhook_endpoint.events);
  insert into outbound.destinations (account_id, kind, name, settings, secrets, events, concurrency, rate_per_second)
  values (
    stats.current_account(), 'webhook', _add_webhook_endpoint.name, _add_webhook_endpoint.settings, _add_webhook_endpoint.secrets,
    _add_webhook_endpoint.events, coalesce(_add_webhook_endpoint.concurrency, 10), _add_webhook_endpoint.rate_per_second
  )
  returning id into v_id;
  return v_id;
end $$;

comment on function api._add_webhook_endpoint(text, jsonb, text, text[], integer, double precision) is
  'Adds a webhook endpoint to the session''s account. Settings have been checked, secrets sealed by whoever calls. Errors: PA001, PA061.';
--! EndIncluded api/_add_webhook_endpoint.sql
--! Included api/_change_webhook_endpoint.sql
create or replace function api._change_webhook_endpoint(
  id integer,
  revision integer,
  name text,
  settings jsonb,
  secrets text,
  events text[],
  concurrency integer,
  rate_per_second double precision
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._webhook_endpoint(_change_webhook_endpoint.id);
  perform api._check_events(_change_webhook_endpoint.events);
  update outbound.destinations d
  set name = _change_webhook_endpoint.name, settings = _change_webhook_endpoint.settings,
    secrets = _change_webhook_endpoint.secrets, events = _change_webhook_endpoint.events,
    concurrency = _change_webhook_endpoint.concurrency, rate_per_second = _change_webhook_endpoint.rate_per_second
  where d.id = _change_webhook_endpoint.id and d.revision = _change_webhook_endpoint.revision;
  if not found then
    raise exception using
      errcode = 'PA005',
      message = format('somebody else changed webhook endpoint %s at the same time', _change_webhook_endpoint.id),
      hint = 'Nothing was changed; try again.';
  end if;
end $$;

comment on function api._change_webhook_endpoint(integer, integer, text, jsonb, text, text[], integer, double precision) is
  'Changes a webhook endpoint of the session''s account that is still of this revision. Settings have been checked, secrets sealed by '
  'whoever calls. Errors: PA001, PA005, PA061, PA063.';
--! EndIncluded api/_change_webhook_endpoint.sql
--! Included api/enable_webhook_endpoint.sql
create or replace function api.enable_webhook_endpoint(endpoint_id integer) returns api.webhook_endpoints
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_endpoint api.webhook_endpoints;
begin
  perform api._webhook_endpoint(enable_webhook_endpoint.endpoint_id);
  update outbound.destinations d set enabled = true where d.id = enable_webhook_endpoint.endpoint_id;
  select * into v_endpoint from api.webhook_endpoints e where e.id = enable_webhook_endpoint.endpoint_id;
  return v_endpoint;
end $$;

comment on function api.enable_webhook_endpoint(integer) is
  E'@resultFieldName webhookEndpoint\n'
  'Switches an endpoint on, also one that was switched off because it kept failing: what waits for it is posted. Error: PA063.';
--! EndIncluded api/enable_webhook_endpoint.sql
--! Included api/disable_webhook_endpoint.sql
create or replace function api.disable_webhook_endpoint(endpoint_id integer) returns api.webhook_endpoints
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_endpoint api.webhook_endpoints;
begin
  perform api._webhook_endpoint(disable_webhook_endpoint.endpoint_id);
  update outbound.destinations d set enabled = false where d.id = disable_webhook_endpoint.endpoint_id;
  select * into v_endpoint from api.webhook_endpoints e where e.id = disable_webhook_endpoint.endpoint_id;
  return v_endpoint;
end $$;

comment on function api.disable_webhook_endpoint(integer) is
  E'@resultFieldName webhookEndpoint\n'
  'Switches an endpoint off: nothing is posted to it and new events pass it by; what waits goes on waiting. Error: PA063.';
--! EndIncluded api/disable_webhook_endpoint.sql
--! Included api/remove_webhook_endpoint.sql
create or replace function api.remove_webhook_endpoint(endpoint_id integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._webhook_endpoint(remove_webhook_endpoint.endpoint_id);
  delete from outbound.destinations d where d.id = remove_webhook_endpoint.endpoint_id;
  return remove_webhook_endpoint.endpoint_id;
end $$;

comment on function api.remove_webhook_endpoint(integer) is
  E'@resultFieldName endpointId\nRemoves an endpoint, with what waits for it and what was logged of it. Error: PA063.';
--! EndIncluded api/remove_webhook_endpoint.sql
--! Included api/redeliver_webhooks.sql
create or replace function api.redeliver_webhooks(
  endpoint_id integer,
  event_id bigint default null,
  since timestamptz default null,
  until timestamptz default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform api._webhook_endpoint(redeliver_webhooks.endpoint_id);
  return outbound.redeliver(
    redeliver_webhooks.endpoint_id, redeliver_webhooks.event_id, redeliver_webhooks.since, redeliver_webhooks.until
  );
end $$;

comment on function api.redeliver_webhooks(integer, bigint, timestamptz, timestamptz) is
  E'@resultFieldName count\n'
  'Posts one event, or those that were put from since to before until, once more to an endpoint; each has the id that it had, so that '
  'receivers know it again. Errors: PA008, PA063, PA066.';
--! EndIncluded api/redeliver_webhooks.sql
--! Included api/grants.sql
revoke all on all functions in schema api from public;
grant usage on schema api to parley_analyst, parley_producer, parley_operator;
grant execute on function
  api.presences(timestamptz, timestamptz, bigint[]),
  api.concurrency(timestamptz, timestamptz, bigint[], bigint[], bigint[])
to parley_analyst;

grant select on api.accounts, api.agents, api.teams, api.inboxes, api.dialogs, api.turns, api.ownerships to parley_analyst;
grant execute on function
  api.report(api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.percentiles(api.metric, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean),
  api.histogram(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[], boolean),
  api.heatmap(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.dialogs_behind(api.metric, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.backlog(api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.service_level(integer, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.reopening(interval, api.dimension, api.unit, timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.wrapups(timestamptz, timestamptz, text, bigint[], bigint[], bigint[]),
  api.live_board(bigint[], bigint[], bigint[]),
  api.live_agents(bigint[], bigint[], bigint[])
to parley_analyst;

-- What producers call looks up the account of its session.
grant usage on schema stats to parley_producer;
grant execute on function
  api._refuse_account(text), api._account(bigint), api._conversation(bigint), api._own_document(jsonb), api._own_dedupe_id(text),
  api.put_event(text, jsonb, text, text, timestamptz),
  api.put_events(api.event[]),
  api.open_conversation(bigint, bigint, bigint, text, integer, bigint, bigint, jsonb),
  api.reopen_conversation(bigint, integer),
  api.append_message(bigint, text, integer, text, bigint, boolean, text, boolean, jsonb, jsonb, timestamptz),
  api.assign_conversation(bigint, bigint, bigint),
  api.unassign_conversation(bigint),
  api.resolve_conversation(bigint),
  api.snooze_conversation(bigint, timestamptz),
  api.mention_user(bigint, bigint, bigint)
to parley_producer;

-- Administrators are analysts who may do more.
grant usage on schema api to parley_administrator;
grant select on api.webhook_endpoints, api.webhook_attempts to parley_administrator;
grant execute on function
  api._webhook_endpoint(integer),
  api._add_webhook_endpoint(text, jsonb, text, text[], integer, double precision),
  api._change_webhook_endpoint(integer, integer, text, jsonb, text, text[], integer, double precision),
  api.enable_webhook_endpoint(integer), api.disable_webhook_endpoint(integer), api.remove_webhook_endpoint(integer),
  api.redeliver_webhooks(integer, bigint, timestamptz, timestamptz)
to parley_administrator;
--! EndIncluded api/grants.sql
