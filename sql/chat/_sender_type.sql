-- No set search_path, so that it is inlined.
create or replace function chat._sender_type(message_type smallint, sender_type text) returns integer
language sql immutable parallel safe
return case
  when sender_type = 'Contact' or message_type = 0 then 0
  when sender_type = 'User' then 1
  when sender_type = 'AgentBot' then 3
  else 2
end;

comment on function chat._sender_type(smallint, text) is 'ChatMessage.SenderType of a message: 0 visitor, 1 agent, 2 system, 3 chatbot.';
