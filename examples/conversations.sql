-- An hour of one conversation, written as a chat server would. Takes the rights of parley_producer.
-- Run it once: account 70 is new, and all is one transaction.
begin;

-- Who and where. A chat server that chooses ids itself, as here, keeps them: SiteId, AgentId and DepartmentId of events.
insert into chat.accounts (id, name) values (70, 'Coffee shop');
insert into chat.teams (account_id, id, name) values (70, 1, 'Delivery');
insert into chat.users (account_id, id, name) values (70, 1, 'Olena'), (70, 2, 'Taras');
insert into chat.inboxes (account_id, identifier, name) values (70, 'website', 'Website');
insert into chat.contacts (account_id, identifier, name) values (70, 'visitor-1', 'Дарина Коваль');

-- Stops the clock, so that the hour needs none to write. A live chat server leaves this out.
set local parley.now = '2026-03-02 09:00Z';

-- The bot (2, pending) has it first. The identifier is the chat server's own name for the conversation.
select chat.open_conversation(i.account_id, i.id, c.id, identifier => 'order-1001', status => 2)
from chat.inboxes i
join chat.contacts c on c.account_id = i.account_id and c.identifier = 'visitor-1'
where i.account_id = 70 and i.identifier = 'website';

-- Rows do. A source_id is there once in a conversation, however often a client repeats itself.
insert into chat.messages (conversation_id, content, message_type, sender_type, sender_id, source_id)
select id, 'Де моє замовлення?', 0, 'Contact', contact_id, 'm-1'
from chat.conversations where account_id = 70 and identifier = 'order-1001';

set local parley.now = '2026-03-02 09:01Z';
insert into chat.messages (conversation_id, content, message_type, sender_type)
select id, 'З''єдную з колегою.', 1, 'AgentBot'
from chat.conversations where account_id = 70 and identifier = 'order-1001';

-- Status and assignee change in one update: conversation_open, then conversation_assigned.
set local parley.now = '2026-03-02 09:05Z';
update chat.conversations set status = 0, team_id = 1, assignee_id = 1
where account_id = 70 and identifier = 'order-1001';

-- Her first answer logs first_response.
set local parley.now = '2026-03-02 09:06Z';
select chat.append_message(id, 'Вітаю! Зараз перевірю.', message_type => 1, sender_type => 'User', sender_id => 1)
from chat.conversations where account_id = 70 and identifier = 'order-1001';

-- A note that only agents see, and who is mentioned in it.
set local parley.now = '2026-03-02 09:10Z';
select chat.mention_user(id, 2, chat.append_message(
  id, '@Taras, where is 1001?', message_type => 1, sender_type => 'User', sender_id => 1, private => true))
from chat.conversations where account_id = 70 and identifier = 'order-1001';

-- Put aside; what the customer writes opens it again.
set local parley.now = '2026-03-02 09:12Z';
select chat.snooze_conversation(id, until => '2026-03-02 10:00Z')
from chat.conversations where account_id = 70 and identifier = 'order-1001';

set local parley.now = '2026-03-02 09:30Z';
select chat.append_message(id, 'Є новини?', sender_type => 'Contact', sender_id => contact_id, reopen => true)
from chat.conversations where account_id = 70 and identifier = 'order-1001';

-- To a colleague, who ends the dialog.
set local parley.now = '2026-03-02 09:31Z';
select chat.assign_conversation(id, 2) from chat.conversations where account_id = 70 and identifier = 'order-1001';

set local parley.now = '2026-03-02 09:35Z';
select chat.append_message(id, 'Кур''єр буде за годину.', message_type => 1, sender_type => 'User', sender_id => 2)
from chat.conversations where account_id = 70 and identifier = 'order-1001';

set local parley.now = '2026-03-02 09:36Z';
select chat.resolve_conversation(id) from chat.conversations where account_id = 70 and identifier = 'order-1001';

-- Another matter: the second dialog of the same conversation.
set local parley.now = '2026-03-02 09:55Z';
select chat.append_message(id, 'А чек?', sender_type => 'Contact', sender_id => contact_id, reopen => true)
from chat.conversations where account_id = 70 and identifier = 'order-1001';

commit;

-- What triggers made of it.
select e.created_at, e.name, e.value, e.user_id, e.dialog_id
from chat.conversations c join chat.events e on e.conversation_id = c.id
where c.account_id = 70 and c.identifier = 'order-1001'
order by e.created_at;
