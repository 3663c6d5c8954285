-- What statistics count has changed: that is noted, nothing else. Statements insert and delete, so that a batch costs one insert.
-- Updates are looked at row by row: nearly all of them change nothing that is counted, and a condition that says so costs nothing.
-- Comparing the rows before and after a statement would need a join, whose plan of one row is kept for statements of many.
create or replace trigger _400_mark_inserted after insert on chat.messages
  referencing new table as changed
  for each statement execute function stats.mark_said();
comment on trigger _400_mark_inserted on chat.messages is 'Messages are counted.';
create or replace trigger _400_mark_deleted after delete on chat.messages
  referencing old table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_deleted on chat.messages is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_updated after update on chat.messages
  for each row when (
    old.dialog_id is distinct from new.dialog_id or old.created_at <> new.created_at or old.message_type <> new.message_type
    or old.private <> new.private or old.sender_type is distinct from new.sender_type or old.sender_id is distinct from new.sender_id
    or old.additional_attributes <> new.additional_attributes or old.content_attributes <> new.content_attributes
  )
  execute function stats.mark_row();
comment on trigger _400_mark_updated on chat.messages is 'That a message was read or rewritten does not count.';

create or replace trigger _400_mark_inserted after insert on chat.events
  referencing new table as changed
  for each statement execute function stats.mark_happened();
comment on trigger _400_mark_inserted on chat.events is 'Every dialog has events from its start on: none is inserted unnoticed.';
create or replace trigger _400_mark_deleted after delete on chat.events
  referencing old table as changed
  for each statement execute function stats.mark_happened();
comment on trigger _400_mark_deleted on chat.events is 'A chat that is stored again has other events.';
create or replace trigger _400_mark_updated after update on chat.events
  for each row when (
    old.dialog_id is distinct from new.dialog_id or old.created_at <> new.created_at or old.name <> new.name
    or old.user_id is distinct from new.user_id
  )
  execute function stats.mark_row();
comment on trigger _400_mark_updated on chat.events is 'When a conversation gets an older past, its events may change dialogs.';

-- A change of status or assignee is an event.
create or replace trigger _400_mark_updated after update on chat.dialogs
  for each row when (
    (old.team_id is distinct from new.team_id or old.inbox_id <> new.inbox_id or old.contact_id is distinct from new.contact_id)
    and old.status = new.status and old.assignee_id is not distinct from new.assignee_id
  )
  execute function stats.mark_dialog();
comment on trigger _400_mark_updated on chat.dialogs is 'Team, inbox or contact changed, and nothing else, which events would tell.';
create or replace trigger _400_mark_deleted after delete on chat.dialogs
  referencing old table as changed
  for each statement execute function stats.mark_dialogs();
comment on trigger _400_mark_deleted on chat.dialogs is 'What is forgotten no longer counts.';

create or replace trigger _400_mark_inserted after insert on chat.mentions
  referencing new table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_inserted on chat.mentions is 'Mentions are counted.';
create or replace trigger _400_mark_deleted after delete on chat.mentions
  referencing old table as changed
  for each statement execute function stats.mark_rows();
comment on trigger _400_mark_deleted on chat.mentions is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_updated after update on chat.mentions
  for each row when (
    old.dialog_id is distinct from new.dialog_id or old.mentioned_at <> new.mentioned_at or old.user_id <> new.user_id
  )
  execute function stats.mark_row();
comment on trigger _400_mark_updated on chat.mentions is 'Chatwoot moves mentioned_at when somebody is mentioned again.';

-- What is submitted about a chat may come before the chat, its number after both.
create or replace trigger _400_mark_inserted after insert on chat.ratings
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.ratings is 'What was submitted may be about a chat that is stored already.';
create or replace trigger _400_mark_updated after update on chat.ratings
  referencing old table as former new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_updated on chat.ratings is 'The chats that they were, and are, about.';
create or replace trigger _400_mark_deleted after delete on chat.ratings
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.ratings is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_inserted after insert on chat.wrapups
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.wrapups is 'What was submitted may be about a chat that is stored already.';
create or replace trigger _400_mark_updated after update on chat.wrapups
  referencing old table as former new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_updated on chat.wrapups is 'The chats that they were, and are, about.';
create or replace trigger _400_mark_deleted after delete on chat.wrapups
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.wrapups is 'What is forgotten no longer counts.';
create or replace trigger _400_mark_inserted after insert on chat.chat_numbers
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.chat_numbers is 'What was submitted for a number is about the chat that has it.';
create or replace trigger _400_mark_updated after update on chat.chat_numbers
  referencing old table as former new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_updated on chat.chat_numbers is 'The chats that had the numbers, and have them.';
create or replace trigger _400_mark_deleted after delete on chat.chat_numbers
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.chat_numbers is 'What was submitted for a number is about no chat any more.';
create or replace trigger _400_mark_inserted after insert on chat.chats
  referencing new table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_inserted on chat.chats is 'What names it by guid leaves the chat that it names by number.';
create or replace trigger _400_mark_deleted after delete on chat.chats
  referencing old table as changed
  for each statement execute function stats.mark_submitted();
comment on trigger _400_mark_deleted on chat.chats is 'What named it by guid falls to the chat that it names by number.';
create or replace trigger _400_mark after update on chat.accounts
  for each row when (old.puts_chat_events <> new.puts_chat_events) execute function stats.mark_puts();
comment on trigger _400_mark on chat.accounts is 'Chats of accounts that put events are numbered as their dialogs are.';

create or replace trigger _400_mark_truncated after truncate on chat.dialogs
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.dialogs is 'Without dialogs there is nothing to count.';
create or replace trigger _400_mark_truncated after truncate on chat.messages
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.messages is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.events
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.events is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.mentions
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.mentions is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.ratings
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.ratings is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.wrapups
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.wrapups is 'All dialogs are counted anew.';
create or replace trigger _400_mark_truncated after truncate on chat.chats
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.chats is 'What named a chat names none any more.';
create or replace trigger _400_mark_truncated after truncate on chat.chat_numbers
  for each statement execute function stats.mark_all();
comment on trigger _400_mark_truncated on chat.chat_numbers is 'What was submitted for a number is about no chat any more.';

-- How it is counted
create or replace trigger _100_lock_sums before insert or update on stats.settings
  for each statement execute function stats.lock_sums();
comment on trigger _100_lock_sums on stats.settings is 'Before any row is locked: who sums locks in that order, too.';
create or replace trigger _200_follow before insert or update on stats.settings
  for each row execute function stats.follow_settings();
comment on trigger _200_follow on stats.settings is 'What has been summed by other settings is summed anew.';
