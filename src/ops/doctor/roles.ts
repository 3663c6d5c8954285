import { type Check, ok, problem, warning } from "./check.ts";

const ROLES = [
  "parley_producer",
  "parley_worker",
  "parley_operator",
  "parley_analyst",
  "parley_administrator",
  "parley_web",
];

export const roles: Check = {
  name: "roles",
  needs: "server",
  async run(db) {
    const { rows } = await db.query<{
      login: string;
      superuser: boolean;
      existing: string[];
      granted: string[];
    }>(
      `select current_user as login,
         (select rolsuper from pg_roles where rolname = current_user) as superuser,
         array_agg(rolname::text) as existing,
         array_agg(rolname::text) filter (where pg_has_role(rolname, 'usage')) as granted
       from pg_roles
       where rolname = any ($1)`,
      [ROLES],
    );
    const { login, superuser, existing, granted } = rows[0]!;
    const missing = ROLES.filter((role) => !existing?.includes(role));
    if (missing.length > 0) {
      const advice = `Run ./parley migrate, or as superuser: create role ${missing[0]} nologin`;
      return [problem(`missing on this server: ${missing.join(", ")}`, advice)];
    }
    if (superuser) return [ok(`all there; this login, ${login}, is a superuser`)];
    if (granted?.includes("parley_operator"))
      return [ok(`all there; this login, ${login}, has ${granted.join(", ")}`)];
    const advice = `Run as the schema's owner: grant parley_operator to ${login}`;
    return [warning(`this login, ${login}, is no operator: some checks and commands will fail`, advice)];
  },
};
