import type { Claims } from "./auth/claims.ts";
import { TOKEN_ROLES } from "./auth/roles.ts";

type Options = { claims: Claims; timeZone: string; statementTimeoutMs: number };

/**
 * The settings of a request's transactions, each for the transaction only. What a request may do follows from `role`: the login
 * itself, a member of parley_web, has nothing. Schema stats believes `parley.account_id` of such logins.
 */
export function sessionSettings({ claims, timeZone, statementTimeoutMs }: Options): Record<string, string> {
  return {
    role: TOKEN_ROLES[claims.role],
    "parley.account_id": claims.account === undefined ? "" : String(claims.account),
    transaction_read_only: claims.role === "analyst" ? "on" : "off",
    statement_timeout: String(statementTimeoutMs),
    timezone: timeZone,
    datestyle: "ISO, YMD",
    search_path: "pg_catalog, pg_temp",
  };
}
