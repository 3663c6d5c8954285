-- A rating that names one chat by guid and another by number falls to the other when the first goes, and back when it comes.
create or replace function stats._dialogs_submitted_for(account_id bigint, chat_guid text, chat_number integer) returns setof bigint
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
  select d
  from (
    select _dialogs_submitted_for.chat_guid, _dialogs_submitted_for.chat_number
    union
    select r.chat_guid, r.chat_number
    from stats._ratings_of(_dialogs_submitted_for.account_id, _dialogs_submitted_for.chat_guid, null) f (id)
    join chat.ratings r on r.id = f.id
    union
    select null, w.chat_number
    from stats._wrapups_of(_dialogs_submitted_for.account_id, _dialogs_submitted_for.chat_guid, null) f (id)
    join chat.wrapups w on w.id = f.id
  ) named
  cross join lateral stats._dialogs_named(_dialogs_submitted_for.account_id, named.chat_guid, named.chat_number) d
$$;

comment on function stats._dialogs_submitted_for(bigint, text, integer) is
  'Dialogs whose ratings and wrap-ups may be others when something is submitted for this chat, or the chat itself comes or goes.';
