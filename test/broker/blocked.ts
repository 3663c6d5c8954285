import type { Client, Pool } from "pg";
import { until } from "../setup/until.ts";
import { value } from "./test-queue.ts";

/** Does what the session runs wait for a lock that another session holds? */
export function isBlocked(pool: Pool, session: Client): Promise<boolean> {
  // Known since the session began; asking it now would wait behind its statement.
  const { processID } = session as Client & { processID: number };
  return value(pool, "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1", [processID]);
}

export async function untilBlocked(pool: Pool, session: Client): Promise<void> {
  await until("the session waits for a lock", () => isBlocked(pool, session));
}
