-- Analysts see the destinations of their account and how their deliveries went, operators those of every account. The owner, whose rights
-- functions that are security definer have, passes by.

alter table outbound.destinations enable row level security;
drop policy if exists analysts on outbound.destinations;
create policy analysts on outbound.destinations for select to parley_analyst using (account_id = (select stats.current_account()) and removed_at is null);
drop policy if exists operators on outbound.destinations;
create policy operators on outbound.destinations to parley_operator using (true);

alter table outbound.attempts enable row level security;
drop policy if exists analysts on outbound.attempts;
create policy analysts on outbound.attempts for select to parley_analyst
using (destination_id in (select d.id from outbound.destinations d where d.account_id = (select stats.current_account())));
drop policy if exists operators on outbound.attempts;
create policy operators on outbound.attempts to parley_operator using (true);
