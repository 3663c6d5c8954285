create or replace function stats._week_hours(hours text) returns table (isodow smallint, opens time, closes time)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_days constant text[] := array['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];
  c_day constant text := '(?:Mo|Tu|We|Th|Fr|Sa|Su)';
  c_time constant text := '(?:[01]?\d|2[0-3]):[0-5]\d\s*-\s*(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)';
  v_rule text;
  v_match text[];
begin
  if hours ~* '^\s*24/7\s*$' then
    hours := 'Mo-Su 00:00-24:00';
  end if;
  foreach v_rule in array regexp_split_to_array(trim(hours), '\s*;\s*') loop
    continue when v_rule = '';
    v_match := regexp_match(
      v_rule, format('^(%1$s(?:-%1$s)?(?:\s*,\s*%1$s(?:-%1$s)?)*)\s+(%2$s(?:\s*,\s*%2$s)*)$', c_day, c_time), 'i'
    );
    if v_match is null then
      raise exception using
        errcode = 'PA054',
        message = format('business hours cannot be read: %s', quote_literal(v_rule)),
        hint = 'Write them like ''Mo-Fr 09:00-12:30, 13:30-18:00; Sa 10:00-14:00; Su 22:00-06:00'', or ''24/7''.';
    end if;
    return query
      select (1 + (d.first + i) % 7)::smallint, split_part(t.range, '-', 1)::time, split_part(t.range, '-', 2)::time
      from (
        select array_position(c_days, lower(left(part, 2))) - 1 as first, array_position(c_days, lower(right(part, 2))) - 1 as last
        from regexp_split_to_table(v_match[1], '\s*,\s*') part
      ) d
      cross join lateral generate_series(0, (d.last - d.first + 7) % 7) i
      cross join regexp_split_to_table(v_match[2], '\s*,\s*') t (range);
  end loop;
end $$;

comment on function stats._week_hours(text) is
  'Reads hours as OpenStreetMap writes them, such as Mo-Fr 09:00-18:00; Sa 10:00-14:00. PA054: cannot.';
