-- Chats that arrive as events. The persistence consumer validates an event, corrects the spelling of its members and
-- calls the store function of that event once, in the transaction that confirms the message. A store function returns
-- true when it stored something, false for an event that is stored already or has been overtaken by a newer one.
-- A document's keys are the columns of the tables it goes to, so its parts are inserted as they are.

-- Storing, one function per event
--! include chat/_numbered.sql
--! include chat/store_chat_ended.sql
--! include chat/store_chat_rating_submitted.sql
--! include chat/store_chat_wrapup_submitted.sql
--! include chat/store_agent_status_changed.sql
--! include chat/store_other_event.sql

-- Reading: what was submitted, with the chat it is about
--! include chat/chat_ratings.sql
--! include chat/chat_wrapups.sql

--! include chat/grants.sql
