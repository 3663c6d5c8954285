import type pg from "pg";
import { ParleyError } from "../../../errors.ts";
import type { StoredDestination } from "../../../outbound/test-delivery.ts";

/** The destination of that id; PA063 when there is none. */
export async function findDestination(
  pool: pg.Pool,
  id: number,
): Promise<StoredDestination & { events: string[] | null }> {
  const { rows } = await pool.query(
    `select id, account_id::float8 as "accountId", kind, name, settings, secrets, revision, events
     from outbound.destinations where id = $1 and removed_at is null`,
    [id],
  );
  if (rows[0]) return rows[0];
  throw new ParleyError("PA063", `there is no destination ${id}`, { hint: "See: ./parley destinations" });
}
