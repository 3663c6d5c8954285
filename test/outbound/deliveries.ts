import { readFileSync } from "node:fs";
import { Reject } from "../../src/broker/outcome.ts";
import type { BrokerLog } from "../../src/broker/runtime.ts";
import type { Adapter, AttemptContext, Delivery, Destination, Receipt } from "../../src/outbound/adapter.ts";

/** The document of examples/events, with other members where `changes` says so. */
export function exampleOf(eventName: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const file = new URL(`../../examples/events/${eventName}.json`, import.meta.url);
  return { ...(JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>), ...changes };
}

/** A delivery as the dispatcher hands it to an adapter. */
export function deliveryOf(eventName: string, data: unknown, id = "dlv-7-42"): Delivery {
  return {
    id,
    eventId: 42,
    eventName,
    key: "1001",
    attempt: 1,
    data,
    putAt: new Date("2026-03-02T09:30:00Z"),
  };
}

/** The context of an attempt, and all that was logged in it. */
export function attempt(
  signal: AbortSignal = new AbortController().signal,
): AttemptContext & { logged: unknown[] } {
  const logged: unknown[] = [];
  const note = (...what: unknown[]) => void logged.push(...what);
  const log = { debug: note, info: note, warn: note, error: note } as unknown as BrokerLog;
  return { signal, log, logged, query: async () => [] };
}

/** Has the adapter deliver as the dispatcher does: what its schema refuses never reaches it. */
export async function deliverBy<Settings, Secrets>(
  adapter: Adapter<Settings, Secrets>,
  delivery: Delivery,
  destination: Destination<Settings, Secrets>,
  context: AttemptContext = attempt(),
): Promise<Receipt> {
  const parsed = adapter.schemas[delivery.eventName]!.safeParse(delivery.data);
  if (!parsed.success) throw new Reject("PA020", "the schema refuses it");
  return adapter.deliver({ ...delivery, data: parsed.data }, destination, context);
}
