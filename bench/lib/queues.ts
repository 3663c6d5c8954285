import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { now } from "./clock.ts";

/** The queues that `chat.ended` goes to. */
export const QUEUES = [
  "PersistenceQueue",
  "EmailQueue",
  "TicketQueue",
  "SalesforceQueue",
  "ZendeskQueue",
  "WebHookQueue",
];

/** Waits until every message has been handled, at most so many seconds; returns how many are left. */
export async function untilEmpty(pool: pg.Pool, seconds: number): Promise<number> {
  const giveUpAt = now() + seconds * 1000;
  for (;;) {
    const { rows } = await pool.query("select sum(waiting + delayed)::int as left from broker.queue_status");
    if (rows[0].left === 0 || now() > giveUpAt) return rows[0].left;
    await sleep(200);
  }
}
