import type { Client } from "pg";
import type { Db } from "../../broker/test-queue.ts";

export interface ConcurrencyRow {
  agent_id: number;
  agent_name: string;
  dialogs: number;
  handled_s: number;
  busy_s: number;
  concurrency: number | null;
  peak: number;
  peak_at: Date | null;
  available_s: number | null;
  occupancy: number | null;
}

/** Status 1 is available by default, any other is not. */
export async function changeStatus(
  db: Db,
  agentId: number,
  status: number,
  changedAt: string,
): Promise<void> {
  await db.query(
    `insert into chat.agent_status_changes (event_id, put_at, account_id, agent_id, status, changed_at)
     select coalesce(max(event_id), 0) + 1, $3, 1, $1, $2, $3 from chat.agent_status_changes`,
    [agentId, status, changedAt],
  );
}

/** Runs statements, each at its time of 2 March 2026, UTC. */
export async function during(client: Client, course: [at: string, statement: string][]): Promise<void> {
  for (const [at, statement] of course) {
    await client.query(`set parley.now = '2026-03-02T${at}Z'`);
    await client.query(statement);
  }
}
