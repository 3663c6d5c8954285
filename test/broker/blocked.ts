import type { Client, Pool } from "pg";
import { until } from "../setup/until.ts";
import { value } from "./test-queue.ts";

/** Waits until what the session runs waits for a lock that another session holds. */
export async function untilBlocked(pool: Pool, session: Client): Promise<void> {
  await until("the session waits for a lock", () =>
    value<boolean>(pool, "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1", [
      // Known since the session began; asking it now would wait behind its statement.
      (session as Client & { processID: number }).processID,
    ]),
  );
}
