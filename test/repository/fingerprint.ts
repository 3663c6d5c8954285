import type pg from "pg";

/** Schemas of libraries and of the server itself are not ours to check. */
export const OURS = "n.nspname !~ '^(pg_|graphile_)' and n.nspname not in ('information_schema', 'public')";

/** Rights in a fixed order: revoking and granting again changes theirs. */
const rights = (acl: string) =>
  `(select string_agg(item::text, ' ' order by item::text) from unnest(${acl}) item)`;

/** One query a kind of replaceable object: a name and everything about it that `sql/` decides. */
const KINDS = {
  function: `
    select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as definition, ${rights("p.proacl")} as rights,
      obj_description(p.oid, 'pg_proc') as comment
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${OURS} and p.prokind in ('f', 'p')`,
  relation: `
    select c.oid::regclass::text as name, case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
      c.reloptions::text as options, ${rights("c.relacl")} as rights, obj_description(c.oid, 'pg_class') as comment
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'S')`,
  column: `
    select a.attrelid::regclass || '.' || a.attname as name, ${rights("a.attacl")} as rights,
      col_description(a.attrelid, a.attnum) as comment
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm')`,
  trigger: `
    select t.tgname || ' on ' || t.tgrelid::regclass as name, pg_get_triggerdef(t.oid) as definition,
      t.tgenabled as enabled, obj_description(t.oid, 'pg_trigger') as comment
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and not t.tgisinternal`,
  policy: `
    select p.polname || ' on ' || p.polrelid::regclass as name, to_jsonb(v) as definition
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_policies v on v.policyname = p.polname and v.tablename = c.relname and v.schemaname = n.nspname
    where ${OURS}`,
  schema: `
    select n.nspname as name, ${rights("n.nspacl")} as rights, obj_description(n.oid, 'pg_namespace') as comment
    from pg_namespace n where ${OURS}`,
  "default right": `
    select d.defaclrole::regrole || ' ' || d.defaclobjtype::text || ' ' || coalesce(n.nspname, '') as name,
      ${rights("d.defaclacl")} as rights
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace`,
};

/** Everything replaceable in a database, by kind and name. The dump of a schema without needing pg_dump. */
export async function fingerprint(pool: pg.Pool): Promise<Record<string, unknown>> {
  const objects: Record<string, unknown> = {};
  for (const [kind, query] of Object.entries(KINDS)) {
    const { rows } = await pool.query(`${query} order by 1`);
    for (const { name, ...about } of rows) objects[`${kind} ${name}`] = about;
  }
  return objects;
}
