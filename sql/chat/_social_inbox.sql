create or replace function chat._social_inbox(account_id bigint, social_media_source integer) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_identifier constant text := case coalesce(social_media_source, 0) when 0 then 'website' when 1 then 'facebook' when 2 then 'google_plus' end;
  v_id bigint;
begin
  loop
    select i.id into v_id from chat.inboxes i
    where i.account_id = _social_inbox.account_id and i.identifier = v_identifier;
    exit when found;
    insert into chat.inboxes (account_id, identifier, name)
    values (_social_inbox.account_id, v_identifier, initcap(replace(v_identifier, '_', ' ')))
    on conflict do nothing;
  end loop;
  return v_id;
end $$;

comment on function chat._social_inbox(bigint, integer) is
  'The inbox of chats that come as events from that social medium (SocialMediaSource), or none, made when the first does.';
