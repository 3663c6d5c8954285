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

export function outcomeOf(
  delivery: WaitingDelivery,
  result: Exclude<AttemptResult, { outcome: "interrupted" }>,
): Outcome {
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
