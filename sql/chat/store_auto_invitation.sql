create or replace function chat.store_auto_invitation(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_rows jsonb := chat._numbered(document -> 'logs', chat._begin_event(event_id, put_at, (document ->> 'account_id')::bigint)
    || jsonb_build_object('kind', document ->> 'kind'));
begin
  insert into chat.auto_invitation_counts
  select * from jsonb_populate_recordset(null::chat.auto_invitation_counts, v_rows)
  on conflict on constraint auto_invitation_counts_pkey do nothing;
  return found;
end $$;

comment on function chat.store_auto_invitation(bigint, timestamptz, jsonb) is
  'Stores the counts that an autoInvitation.sent, .accepted or .refused lists; the document''s kind says which.';
