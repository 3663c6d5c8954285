create or replace function stats.check_zone(time_zone text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_near text;
begin
  -- Asking for the offset is quick but also takes POSIX rules, in which a digit is; the view of all zones takes 20 ms.
  if time_zone = 'UTC' then
    return;
  elsif time_zone ~ '^[A-Za-z_-]+(/[A-Za-z_-]+)+$' then
    begin
      perform timezone(time_zone, now());
      return;
    exception when invalid_parameter_value then null;
    end;
  elsif exists (select from pg_timezone_names z where z.name = time_zone) then
    return;
  end if;

  select string_agg(near.name, ', ' order by near.distance, near.name) into v_near
  from (
    select z.name, stats._name_distance(z.name, time_zone) as distance
    from pg_timezone_names z
    -- No name is half as long, and comparing takes time with each letter.
    where z.name !~ '^(posix|right)/' and length(time_zone) <= 64
    order by distance, z.name
    limit 3
  ) near
  where near.distance < 0.6;
  raise exception using
    errcode = 'PA050',
    message = format('there is no time zone %s', coalesce(quote_literal(left(time_zone, 64)), 'null')),
    hint = coalesce(
      'Did you mean ' || v_near || '?',
      'Give a name of the IANA time zone database, such as Europe/Berlin: select name from pg_timezone_names.'
    );
end $$;

comment on function stats.check_zone(text) is
  'Refuses what is no name of a time zone (PA050), abbreviations and POSIX rules among it: they know no history. The hint names similar zones.';
