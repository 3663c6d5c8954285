-- Changes of conversations: a moment and the dialog's id first, then dialogs and events, whole statements at a time.
-- A resolved one that comes with its last dialog is written by a function that knows it.
create or replace trigger _100_stamp_new before insert on chat.conversations
  for each row when (new.status <> 1 or new.dialog_id is null) execute function chat.stamp_conversation();
comment on trigger _100_stamp_new on chat.conversations is 'A conversation may start with a dialog.';

create or replace trigger _100_stamp before update on chat.conversations
  for each row execute function chat.stamp_conversation();
comment on trigger _100_stamp on chat.conversations is 'The row is locked, and the clock read after that.';

create or replace trigger _200_follow_new after insert on chat.conversations
  referencing new table as new_conversations
  for each statement execute function chat.follow_new_conversations();
comment on trigger _200_follow_new on chat.conversations is 'Statement level: single rows, multi-row inserts and COPY alike.';

create or replace trigger _200_follow after update on chat.conversations
  referencing old table as old_conversations new table as new_conversations
  for each statement execute function chat.follow_conversations();
comment on trigger _200_follow on chat.conversations is 'Statement level: one update of many conversations costs two inserts and an update.';

create or replace trigger _200_forget_events after delete on chat.conversations
  referencing old table as old_conversations
  for each statement execute function chat.forget_events();
comment on trigger _200_forget_events on chat.conversations is 'In place of a foreign key.';
create or replace trigger _200_forget_all_events after truncate on chat.conversations
  for each statement execute function chat.forget_events();
comment on trigger _200_forget_all_events on chat.conversations is 'In place of a foreign key.';

create or replace trigger _100_freeze after update on chat.dialogs
  for each row when (old.status = 1) execute function chat.freeze_dialog();
comment on trigger _100_freeze on chat.dialogs is 'After, not before: a trigger before would lock every row that is updated once more.';

-- What is said. Rows that come with their dialog are written by functions that know it.
create or replace trigger _100_place before insert on chat.messages
  for each row when (new.dialog_id is null) execute function chat.place_message();
comment on trigger _100_place on chat.messages is 'Nothing else can say which dialog a message belongs to.';

create or replace trigger _100_keep before update on chat.messages
  for each row when (new.dialog_id is not distinct from old.dialog_id) execute function chat.keep_message();
comment on trigger _100_keep on chat.messages is
  'A client that replaces additional_attributes need not know what is in them. Who gives a message another dialog gives it the assignee, too.';

create or replace trigger _200_log_first_response after insert on chat.messages
  referencing new table as new_messages
  for each statement execute function chat.log_first_response();
comment on trigger _200_log_first_response on chat.messages is 'Statement level: bulk inserts look for first answers once.';

create or replace trigger _300_put_events after insert on chat.messages
  referencing new table as new_messages
  for each statement execute function chat.put_events_of_messages();
comment on trigger _300_put_events on chat.messages is 'In the transaction of the message: neither is there without the other.';

create or replace trigger _300_put_events after insert on chat.events
  referencing new table as new_events
  for each statement execute function chat.put_events_of_dialogs();
comment on trigger _300_put_events on chat.events is 'In the transaction of the change: neither is there without the other.';

create or replace trigger _100_place before insert on chat.events
  for each row when (new.dialog_id is null) execute function chat.place_event();
comment on trigger _100_place on chat.events is 'For what clients log themselves; the events of triggers come with their dialog.';

create or replace trigger _100_place before insert or update of mentioned_at on chat.mentions
  for each row execute function chat.place_mention();
comment on trigger _100_place on chat.mentions is 'Chatwoot moves mentioned_at when somebody is mentioned again.';

-- Who and where
create or replace trigger _100_refuse_deletion before delete on chat.inboxes
  for each row execute function chat.refuse_deletion();
comment on trigger _100_refuse_deletion on chat.inboxes is 'Deleted softly.';
create or replace trigger _100_refuse_deletion before delete on chat.users
  for each row execute function chat.refuse_deletion();
comment on trigger _100_refuse_deletion on chat.users is 'Deleted softly.';
create or replace trigger _100_refuse_deletion before delete on chat.teams
  for each row execute function chat.refuse_deletion();
comment on trigger _100_refuse_deletion on chat.teams is 'Deleted softly.';

create or replace trigger _100_lock_deleted before update of deleted_at on chat.users
  for each row when (old.deleted_at is null and new.deleted_at is not null) execute function chat.lock_deleted_agent();
comment on trigger _100_lock_deleted on chat.users is 'Assignments that run are waited for; later ones find the deletion.';
create or replace trigger _200_release_conversations after update of deleted_at on chat.users
  for each row when (old.deleted_at is null and new.deleted_at is not null) execute function chat.release_conversations();
comment on trigger _200_release_conversations on chat.users is 'Nobody waits for an agent who is gone.';

create or replace trigger _100_touch before update on chat.accounts for each row execute function chat.touch();
comment on trigger _100_touch on chat.accounts is 'updated_at';
create or replace trigger _100_touch before update on chat.inboxes for each row execute function chat.touch();
comment on trigger _100_touch on chat.inboxes is 'updated_at';
create or replace trigger _100_touch before update on chat.users for each row execute function chat.touch();
comment on trigger _100_touch on chat.users is 'updated_at';
create or replace trigger _100_touch before update on chat.teams for each row execute function chat.touch();
comment on trigger _100_touch on chat.teams is 'updated_at';
create or replace trigger _100_touch before update on chat.contacts for each row execute function chat.touch();
comment on trigger _100_touch on chat.contacts is 'updated_at';

create or replace trigger _100_number before insert on chat.accounts
  for each row when (new.id is null) execute function chat.number_row();
comment on trigger _100_number on chat.accounts is 'In place of an identity, which would hand out ids that events have chosen.';
create or replace trigger _100_number before insert on chat.users
  for each row when (new.id is null) execute function chat.number_row();
comment on trigger _100_number on chat.users is 'In place of an identity, which would hand out ids that events have chosen.';
create or replace trigger _100_number before insert on chat.teams
  for each row when (new.id is null) execute function chat.number_row();
comment on trigger _100_number on chat.teams is 'In place of an identity, which would hand out ids that events have chosen.';
