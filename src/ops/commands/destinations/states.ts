import type pg from "pg";

/** A row of outbound.destination_states. */
export interface DestinationState {
  id: number;
  account_id: number;
  kind: string;
  name: string;
  events: string[] | null;
  state: string;
  waiting: number;
  concurrency: number;
  rate_per_second: number | null;
  failing_since: Date | null;
  probe_at: Date | null;
  error_code: string | null;
  error: string | null;
}

export async function listStates(
  pool: pg.Pool,
  { id, account, kind }: { id?: number; account?: number; kind?: string },
): Promise<DestinationState[]> {
  const { rows } = await pool.query<DestinationState>(
    `select id, account_id::float8, kind, name, events, state, waiting, concurrency, rate_per_second, failing_since, probe_at, error_code, error
     from outbound.destination_states
     where ($1::int is null or id = $1) and ($2::bigint is null or account_id = $2) and ($3::text is null or kind = $3)
     order by account_id, kind, id`,
    [id, account, kind],
  );
  return rows;
}
