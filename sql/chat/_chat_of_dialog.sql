create or replace function chat._chat_of_dialog(account_id bigint, conversation_id bigint, dialog_id bigint) returns jsonb
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
return jsonb_build_object(
  'SiteId', account_id, 'ChatId', dialog_id::text, 'SessionId', conversation_id,
  'ConversationId', conversation_id, 'DialogId', dialog_id
);

comment on function chat._chat_of_dialog(bigint, bigint, bigint) is
  'The members that name a dialog in the documents of its events. Together they mark them: persistence does not store such a chat again.';
