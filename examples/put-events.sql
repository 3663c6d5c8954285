-- One event. The key is its chat, by default: events of one chat are delivered in order.
insert into broker.events (name, data)
values ('chat.rating.submitted', '{"SiteId": 7, "ChatId": 4711, "ratingGrade": 5, "ratingComment": "Дякую!"}');

-- Several in one statement; they commit with whatever else this transaction does.
begin;
insert into broker.events (name, key, data) values
  ('visitor.landed', 'visitor-1', '{"SiteId": 7, "CampainId": 3, "VisitCount": 1}'),
  ('visitor.landed', 'visitor-2', '{"SiteId": 7, "CampainId": 3, "VisitCount": 4}');
commit;

-- A function returns the event's id. Repeating the call with its dedupe_id changes nothing.
select broker.put_event(
  name => 'agent.status.changed',
  data => '{"SiteId": 7, "AgentId": 12, "Stauts": 1, "Time": "2026-01-01T09:00:00Z"}',
  dedupe_id => 'status of agent 12 at nine'
);

-- Not before tomorrow.
select broker.put_event('cannedMessage.used', '{"SiteId": 7, "AgentId": 12}', run_at => now() + interval '1 day');

-- COPY, for many.
copy broker.events (name, data) from stdin;
visitor.landed	{"SiteId": 7, "CampainId": 3, "VisitCount": 2}
visitor.landed	{"SiteId": 8, "CampainId": 1, "VisitCount": 9}
\.
