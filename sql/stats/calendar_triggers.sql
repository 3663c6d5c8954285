-- Time zones are names that the server knows.
create or replace trigger _100_refuse_unknown_zone before insert or update of time_zone on stats.calendars
  for each row execute function stats.refuse_unknown_zone();
comment on trigger _100_refuse_unknown_zone on stats.calendars is 'The list of zones is no table that a foreign key could refer to.';
create or replace trigger _100_refuse_unknown_zone before insert or update of time_zone on stats.settings
  for each row execute function stats.refuse_unknown_zone();
comment on trigger _100_refuse_unknown_zone on stats.settings is 'The list of zones is no table that a foreign key could refer to.';

-- Changes of calendars, whole statements at a time.
create or replace trigger _200_follow_insert after insert on stats.calendars
  referencing new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_insert on stats.calendars is 'stats.open_spans';
create or replace trigger _200_follow_update after update on stats.calendars
  referencing old table as old_rows new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_update on stats.calendars is 'stats.open_spans';
create or replace trigger _200_follow_delete after delete on stats.calendars
  referencing old table as old_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_delete on stats.calendars is 'stats.open_spans';
create or replace trigger _200_follow_insert after insert on stats.calendar_holidays
  referencing new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_insert on stats.calendar_holidays is 'stats.open_spans';
create or replace trigger _200_follow_update after update on stats.calendar_holidays
  referencing old table as old_rows new table as new_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_update on stats.calendar_holidays is 'stats.open_spans';
create or replace trigger _200_follow_delete after delete on stats.calendar_holidays
  referencing old table as old_rows
  for each statement execute function stats.follow_calendars();
comment on trigger _200_follow_delete on stats.calendar_holidays is 'stats.open_spans';
create or replace trigger _200_follow_insert after insert on stats.calendar_hours
  referencing new table as new_rows
  for each statement execute function stats.follow_calendar_hours();
comment on trigger _200_follow_insert on stats.calendar_hours is 'stats.open_spans';
create or replace trigger _200_follow_update after update on stats.calendar_hours
  referencing old table as old_rows new table as new_rows
  for each statement execute function stats.follow_calendar_hours();
comment on trigger _200_follow_update on stats.calendar_hours is 'stats.open_spans';
create or replace trigger _200_follow_delete after delete on stats.calendar_hours
  referencing old table as old_rows
  for each statement execute function stats.follow_calendar_hours();
comment on trigger _200_follow_delete on stats.calendar_hours is 'stats.open_spans';
