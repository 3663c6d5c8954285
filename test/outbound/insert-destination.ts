import type { Pool } from "pg";
import type { Sealing } from "../../src/outbound/sealing.ts";

interface NewDestination {
  account: number;
  kind: string;
  name?: string;
  settings: object;
  secrets?: object | undefined;
}

/** Inserts a destination whose secrets are sealed for it, and returns its id. */
export async function insertDestination(
  pool: Pool,
  sealing: Sealing,
  { account, kind, name = kind, settings, secrets }: NewDestination,
): Promise<number> {
  const { rows } = await pool.query<{ id: number }>("select outbound.new_destination_id() as id");
  const { id } = rows[0]!;
  await pool.query(
    `insert into outbound.destinations (id, account_id, kind, name, settings, secrets) overriding system value
     values ($1, $2, $3, $4, $5, $6)`,
    [id, account, kind, name, settings, secrets && sealing.seal(secrets, { id, accountId: account })],
  );
  return id;
}
