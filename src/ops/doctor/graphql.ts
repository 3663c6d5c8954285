import { loadConfig } from "../../config.ts";
import { type Check, ok, warning } from "./check.ts";

export const graphql: Check = {
  name: "GraphQL",
  needs: "server",
  async run(db) {
    const { databaseUrl, jwtSecret, jwksUrl } = loadConfig();
    const keys = [
      ...(jwtSecret === undefined ? [] : ["PARLEY_JWT_SECRET"]),
      ...(jwksUrl === undefined ? [] : ["PARLEY_JWKS_URL"]),
    ];
    if (keys.length === 0 && databaseUrl !== undefined) {
      const advice = "Set PARLEY_JWT_SECRET or PARLEY_JWKS_URL where Parley runs; see docs/graphql.md.";
      return [
        warning("with the settings of this command it answers 503: nothing to check tokens with", advice),
      ];
    }
    const { rows } = await db.query<{ login: string; may_serve: boolean | null }>(
      `select session_user as login,
         (select pg_has_role(session_user, r.oid, 'member') from pg_roles r where rolname = 'parley_web') as may_serve`,
    );
    const { login, may_serve: mayServe } = rows[0]!;
    const checked = `tokens are checked with ${keys.join(" and ") || "the secret of the embedded server"}`;
    return [
      ok(
        mayServe
          ? checked
          : `${checked}; this login, ${login}, is no member of parley_web and cannot serve it`,
      ),
    ];
  },
};
