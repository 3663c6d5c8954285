create or replace function chat.store_chat_rating_submitted(event_id bigint, put_at timestamptz, document jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_account_id constant bigint := chat._account((document ->> 'account_id')::bigint);
  v_id bigint;
  v_owner jsonb;
begin
  insert into chat.ratings (event_id, put_at, account_id, chat_number, chat_guid, rating_grade, rating_comment)
  select store_chat_rating_submitted.event_id, store_chat_rating_submitted.put_at,
    v_account_id, r.chat_number, r.chat_guid, r.rating_grade, r.rating_comment
  from jsonb_populate_record(null::chat.ratings, document) r
  on conflict on constraint ratings_event_id_key do nothing
  returning id into v_id;
  if v_id is null then
    return false;
  end if;
  v_owner := jsonb_build_object('rating_id', v_id);

  insert into chat.rating_custom_fields
  select * from jsonb_populate_recordset(null::chat.rating_custom_fields,
    chat._numbered(document -> 'custom_fields', v_owner));

  insert into chat.rating_custom_variables
  select * from jsonb_populate_recordset(null::chat.rating_custom_variables,
    chat._numbered(document -> 'custom_variables', v_owner));

  -- Wrap-ups know the number only.
  insert into chat.chat_numbers (account_id, chat_number, chat_guid)
  select r.account_id, r.chat_number, r.chat_guid
  from chat.ratings r
  where r.id = v_id and r.chat_number is not null and r.chat_guid is not null
  on conflict do nothing;
  return true;
end $$;

comment on function chat.store_chat_rating_submitted(bigint, timestamptz, jsonb) is
  'Stores a submitted rating, whether its chat has been stored or not.';
