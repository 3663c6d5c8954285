-- Analysts see one account of the four tables whose names they need, and of tickets. For everybody else nothing changes, but COPY FROM, which
-- does not work on tables with policies: never put any on messages, events or conversations.
alter table chat.accounts enable row level security;
drop policy if exists own_account on chat.accounts;
create policy own_account on chat.accounts for select to parley_analyst
  using (id = (select stats.current_account()));
drop policy if exists every_account on chat.accounts;
create policy every_account on chat.accounts to parley_producer, parley_worker, parley_operator using (true);

alter table chat.users enable row level security;
drop policy if exists own_account on chat.users;
create policy own_account on chat.users for select to parley_analyst
  using (account_id = (select stats.current_account()));
drop policy if exists every_account on chat.users;
create policy every_account on chat.users to parley_producer, parley_worker, parley_operator using (true);

alter table chat.teams enable row level security;
drop policy if exists own_account on chat.teams;
create policy own_account on chat.teams for select to parley_analyst
  using (account_id = (select stats.current_account()));
drop policy if exists every_account on chat.teams;
create policy every_account on chat.teams to parley_producer, parley_worker, parley_operator using (true);

alter table chat.inboxes enable row level security;
drop policy if exists own_account on chat.inboxes;
create policy own_account on chat.inboxes for select to parley_analyst
  using (account_id = (select stats.current_account()));
drop policy if exists every_account on chat.inboxes;
create policy every_account on chat.inboxes to parley_producer, parley_worker, parley_operator using (true);

alter table chat.tickets enable row level security;
drop policy if exists own_account on chat.tickets;
create policy own_account on chat.tickets for select to parley_analyst
  using (account_id = (select stats.current_account()));
drop policy if exists every_account on chat.tickets;
create policy every_account on chat.tickets to parley_producer, parley_worker, parley_operator using (true);

alter table chat.ticket_messages enable row level security;
drop policy if exists own_account on chat.ticket_messages;
create policy own_account on chat.ticket_messages for select to parley_analyst
  using (account_id = (select stats.current_account()));
drop policy if exists every_account on chat.ticket_messages;
create policy every_account on chat.ticket_messages to parley_producer, parley_worker, parley_operator using (true);

alter table chat.ticket_changes enable row level security;
drop policy if exists own_account on chat.ticket_changes;
create policy own_account on chat.ticket_changes for select to parley_analyst
  using (account_id = (select stats.current_account()));
drop policy if exists every_account on chat.ticket_changes;
create policy every_account on chat.ticket_changes to parley_producer, parley_worker, parley_operator using (true);
