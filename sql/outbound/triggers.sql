drop trigger if exists check_destination on outbound.destinations;
create trigger check_destination before insert or update on outbound.destinations
for each row execute function outbound.check_destination();
