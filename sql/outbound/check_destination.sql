create or replace function outbound.check_destination() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most integer;
begin
  if new.secrets is not null and new.secrets !~ '^sealed:v[12]:[0-9a-f]{8}:[A-Za-z0-9+/]+={0,2}$' then
    raise exception using
      errcode = 'PA061',
      message = 'secrets of a destination are stored sealed only',
      hint = 'Seal them first, by ./parley seal; docs/consumers.md shows how.';
  end if;
  if tg_op = 'INSERT' then
    -- Of several transactions that add to an account at the same time each counts the others'.
    perform pg_advisory_xact_lock(1346458196, hashint8(new.account_id));
    select s.destinations_per_account into v_most from outbound.settings s;
    if (select count(*) from outbound.destinations d where d.account_id = new.account_id and d.removed_at is null) >= v_most then
      raise exception using
        errcode = 'PA069',
        message = format('account %s has %s destinations, and may have no more', new.account_id, v_most),
        hint = 'Remove those it does not need, or raise outbound.settings.destinations_per_account.';
    end if;
    return new;
  end if;
  if (new.kind, new.account_id) is distinct from (old.kind, old.account_id) then
    raise exception using
      errcode = 'PA068',
      message = 'the kind and the account of a destination cannot change',
      hint = 'Add another destination, and disable or delete this one.';
  end if;
  if (new.name, new.events, new.settings, new.secrets, new.enabled, new.concurrency, new.rate_per_second)
    is distinct from (old.name, old.events, old.settings, old.secrets, old.enabled, old.concurrency, old.rate_per_second) then
    new.revision := old.revision + 1;
    new.updated_at := broker.clock();
  end if;
  -- Repaired or switched on again, it gets a fresh start.
  if (new.settings, new.secrets) is distinct from (old.settings, old.secrets) or (new.enabled and not old.enabled) then
    new.failing_since := null;
    new.failed_at := null;
    new.error_code := null;
    new.error := null;
    new.circuit_opened_at := null;
    new.probe_at := null;
    new.probes := 0;
    new.misconfigured := null;
    if new.enabled then
      new.switched_off_at := null;
    end if;
  end if;
  return new;
end $$;

comment on function outbound.check_destination() is
  'Refuses secrets that are not sealed (PA061), another kind or account (PA068) and more destinations than an account may have (PA069), '
  'counts the revisions that dispatchers follow, and forgets the failures of a destination that is repaired or switched on again.';
