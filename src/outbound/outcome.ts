import type { AttemptResult } from "./attempt.ts";
import type { WaitingDelivery } from "./waiting-delivery.ts";

/** What became of a delivery, as outbound.settle is told. */
export interface Outcome {
  destination_id: number;
  id: number;
  event_id: number;
  event_name: string;
  key: string | null;
  attempt: number;
  delayed: boolean;
  started_at: Date;
  duration_ms: number;
  outcome: "delivered" | "failed" | "down" | "rejected";
  status?: number | undefined;
  answer?: string | undefined;
  note?: string | undefined;
  reference?: string | undefined;
  code?: string;
  error?: string;
  retry_in_s?: number;
}

type Ended = Exclude<AttemptResult, { outcome: "interrupted" }>;

export function outcomeOf(delivery: WaitingDelivery, result: Ended): Outcome {
  const { code, error } = result.outcome === "delivered" ? {} : result;
  return {
    destination_id: delivery.destinationId,
    id: delivery.place,
    event_id: delivery.eventId,
    event_name: delivery.eventName,
    key: delivery.key,
    attempt: delivery.attempt,
    delayed: delivery.delayed,
    started_at: result.startedAt,
    duration_ms: result.durationMs,
    outcome: result.outcome,
    ...result.receipt,
    ...(code === undefined ? {} : { code }),
    ...(error === undefined ? {} : { error }),
  };
}

/** Of a failure that counts as an attempt: tried again by the schedule, given up where that ends. */
export function outcomeOfFailure(
  delivery: WaitingDelivery,
  result: Exclude<Ended, { outcome: "delivered" }>,
  retryAfterSeconds: readonly number[],
): Outcome & { outcome: "failed" | "rejected" } {
  const outcome = outcomeOf(delivery, result);
  const retryInS = retryAfterSeconds[delivery.attempt - 1];
  if (retryInS === undefined) return { ...outcome, outcome: "rejected" };
  return { ...outcome, outcome: "failed", retry_in_s: withJitter(retryInS) };
}

/** Deliveries that failed together do not come back together. */
function withJitter(seconds: number): number {
  return seconds * (0.9 + 0.2 * Math.random());
}
