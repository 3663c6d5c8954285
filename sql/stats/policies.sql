-- Analysts read the statistics of their account; operators those of every account. The owner, whose rights functions that are
-- security definer have, passes by.

alter table stats.settings enable row level security;
drop policy if exists analysts on stats.settings;
create policy analysts on stats.settings for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.settings;
create policy operators on stats.settings to parley_operator using (true);

alter table stats.dialogs enable row level security;
drop policy if exists analysts on stats.dialogs;
create policy analysts on stats.dialogs for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.dialogs;
create policy operators on stats.dialogs to parley_operator using (true);

alter table stats.turns enable row level security;
drop policy if exists analysts on stats.turns;
create policy analysts on stats.turns for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.turns;
create policy operators on stats.turns to parley_operator using (true);

alter table stats.ownerships enable row level security;
drop policy if exists analysts on stats.ownerships;
create policy analysts on stats.ownerships for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.ownerships;
create policy operators on stats.ownerships to parley_operator using (true);

alter table stats.message_counts enable row level security;
drop policy if exists analysts on stats.message_counts;
create policy analysts on stats.message_counts for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.message_counts;
create policy operators on stats.message_counts to parley_operator using (true);

alter table stats.sums enable row level security;
drop policy if exists analysts on stats.sums;
create policy analysts on stats.sums for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.sums;
create policy operators on stats.sums to parley_operator using (true);

alter table stats.times enable row level security;
drop policy if exists analysts on stats.times;
create policy analysts on stats.times for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.times;
create policy operators on stats.times to parley_operator using (true);

alter table stats.handled enable row level security;
drop policy if exists analysts on stats.handled;
create policy analysts on stats.handled for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.handled;
create policy operators on stats.handled to parley_operator using (true);

-- Business hours

alter table stats.calendars enable row level security;
drop policy if exists analysts on stats.calendars;
create policy analysts on stats.calendars for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.calendars;
create policy operators on stats.calendars to parley_operator using (true);

alter table stats.calendar_hours enable row level security;
drop policy if exists analysts on stats.calendar_hours;
create policy analysts on stats.calendar_hours for select to parley_analyst
  using (calendar_id in (select c.id from stats.calendars c where c.account_id = (select stats.current_account())));
drop policy if exists operators on stats.calendar_hours;
create policy operators on stats.calendar_hours to parley_operator using (true);

alter table stats.calendar_holidays enable row level security;
drop policy if exists analysts on stats.calendar_holidays;
create policy analysts on stats.calendar_holidays for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.calendar_holidays;
create policy operators on stats.calendar_holidays to parley_operator using (true);

alter table stats.open_spans enable row level security;
drop policy if exists analysts on stats.open_spans;
create policy analysts on stats.open_spans for select to parley_analyst using (account_id = (select stats.current_account()));
drop policy if exists operators on stats.open_spans;
create policy operators on stats.open_spans to parley_operator using (true);
