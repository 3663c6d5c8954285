import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import type { BrokerLog } from "../broker/runtime.ts";
import type { Adapter } from "./adapter.ts";
import { type AttemptResult, startAttempt } from "./attempt.ts";
import { systemClock } from "./clock.ts";
import { openDestination } from "./open-destination.ts";
import type { Sealing } from "./sealing.ts";

export interface StoredDestination {
  id: number;
  accountId: number;
  kind: string;
  name: string;
  settings: unknown;
  secrets: string | null;
  revision: number;
}

interface TestOptions {
  pool: Pool;
  log: BrokerLog;
  adapter: Adapter;
  sealing: () => Sealing;
  destination: StoredDestination;
  event: { name: string; data: unknown };
}

/** Delivers an event that nobody put, at once and past the queue, and notes the attempt. */
export async function deliverTest({
  pool,
  log,
  adapter,
  sealing,
  destination,
  event,
}: TestOptions): Promise<AttemptResult> {
  const { rows } = await pool.query("select origin from outbound.settings");
  const opened = openDestination(adapter, destination, sealing);
  const delivery = {
    // Another one each time, or the receiver would take the second test for the first.
    id: `${rows[0].origin}-test-${randomBytes(6).toString("hex")}`,
    eventId: 0,
    eventName: event.name,
    key: null,
    attempt: 1,
    data: event.data,
    putAt: new Date(),
  };
  const query = async <Row extends object>(text: string, values?: unknown[]) =>
    (await pool.query(text, values)).rows as Row[];
  try {
    const result = await startAttempt(
      { adapter, clock: systemClock, log, query, revision: destination.revision },
      delivery,
      opened,
    ).result;
    if (result.outcome === "interrupted") return result;
    const { startedAt, durationMs, outcome, receipt } = result;
    const failure = outcome === "delivered" ? {} : { code: result.code, error: result.error };
    const attempt = {
      destination_id: destination.id,
      event_id: 0,
      event_name: event.name,
      attempt: 1,
      started_at: startedAt,
      duration_ms: durationMs,
      outcome,
      ...receipt,
      ...failure,
    };
    await pool.query("select outbound.record_attempts(outcomes => $1)", [JSON.stringify([attempt])]);
    return result;
  } finally {
    await adapter.close?.();
  }
}
