create or replace function stats._touching(account_id bigint, since timestamptz, until timestamptz) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
begin
  return array(
    select d.id
    from chat.conversations c
    cross join lateral (select f.* from chat.dialogs f where f.conversation_id = c.id offset 0) d
    where c.account_id = _touching.account_id and (
      d.created_at < until and (d.status <> 1 or d.updated_at >= since)
      -- What was said before the first dialog, or after a resolution, has the dialog too.
      or exists (
        select from chat.messages m
        where m.conversation_id = c.id and m.dialog_id = d.id and m.created_at >= since and m.created_at < until
      )
      or exists (
        select from chat.mentions m
        where m.conversation_id = c.id and m.dialog_id = d.id and m.mentioned_at >= since and m.mentioned_at < until
      )
    )
    union
    select r.dialog_id from chat.chat_ratings r
    where r.account_id = _touching.account_id and r.put_at >= since and r.put_at < until and r.dialog_id is not null
    union
    select w.dialog_id from chat.chat_wrapups w
    where w.account_id = _touching.account_id and w.submitted_at >= since and w.submitted_at < until and w.dialog_id is not null
    union
    -- What is stored, also of dialogs that are gone.
    select d.dialog_id from stats.dialogs d
    where d.account_id = _touching.account_id and (d.started_at < until and coalesce(d.resolved_at, 'infinity') >= since
      or d.rated_at >= since and d.rated_at < until or d.wrapped_up_at >= since and d.wrapped_up_at < until)
    union
    select t.dialog_id from stats.turns t
    where t.account_id = _touching.account_id and t.replied_at >= since and t.replied_at < until
    union
    select o.dialog_id from stats.ownerships o
    where o.account_id = _touching.account_id and o.began_at < until and coalesce(o.resolved_at, 'infinity') >= since
    union
    select c.dialog_id from stats.message_counts c
    where c.account_id = _touching.account_id and c.slot >= since and c.slot < until
  );
end $$;

comment on function stats._touching(bigint, timestamptz, timestamptz) is 'Dialogs of an account that may have something to count in this time.';
