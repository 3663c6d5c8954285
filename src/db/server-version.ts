import type pg from "pg";
import { ParleyError } from "../errors.ts";

const OLDEST_MAJOR = 15;

/** Refuses a server older than PostgreSQL 15 (PA013). */
export async function assertServerVersion(db: Pick<pg.Client, "query">): Promise<void> {
  const { rows } = await db.query("select current_setting('server_version') as version");
  const version: string = rows[0].version;
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return;
  throw new ParleyError(
    "PA013",
    `the server is PostgreSQL ${version}; Parley needs ${OLDEST_MAJOR} or newer`,
    {
      hint: "Update the server, or set DATABASE_URL to a newer one.",
    },
  );
}
