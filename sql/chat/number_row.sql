create or replace function chat.number_row() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_is_taken boolean;
begin
  loop
    new.id := nextval(format('%I.%I', tg_table_schema, tg_table_name || '_id_seq'));
    case tg_table_name
      when 'accounts' then v_is_taken := exists (select from chat.accounts a where a.id = new.id);
      when 'users' then v_is_taken := exists (select from chat.users u where u.account_id = new.account_id and u.id = new.id);
      when 'teams' then v_is_taken := exists (select from chat.teams t where t.account_id = new.account_id and t.id = new.id);
    end case;
    exit when not v_is_taken;
  end loop;
  return new;
end $$;

comment on function chat.number_row() is
  'Numbers a row that comes without id, passing over the ids that clients and events chose (SiteId, AgentId, DepartmentId).';
