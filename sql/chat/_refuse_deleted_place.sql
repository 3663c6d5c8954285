create or replace function chat._refuse_deleted_place(account_id bigint, inbox_id bigint, team_id bigint) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_what constant text := case
    when exists (
      select from chat.inboxes i
      where i.account_id = _refuse_deleted_place.account_id and i.id = _refuse_deleted_place.inbox_id and i.deleted_at is not null
    ) then format('inbox %s', inbox_id)
    when exists (
      select from chat.teams t
      where t.account_id = _refuse_deleted_place.account_id and t.id = _refuse_deleted_place.team_id and t.deleted_at is not null
    ) then format('team %s', team_id)
  end;
begin
  if v_what is not null then
    raise exception using
      errcode = 'PA032',
      message = format('%s of account %s has been deleted', v_what, account_id),
      hint = 'Choose another one, or set its deleted_at to null.';
  end if;
end $$;

comment on function chat._refuse_deleted_place(bigint, bigint, bigint) is
  'Raises PA032 if the inbox or the team has been deleted (softly). Null is not looked up.';
