import type { Delivery } from "./adapter.ts";

/** A delivery as a dispatcher has it in hand: `delayed` is a retry, or let go behind one. */
export interface WaitingDelivery extends Delivery {
  readonly destinationId: number;
  /** Its place in the order of its destination. */
  readonly place: number;
  readonly delayed: boolean;
}

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
  reference?: string | undefined;
  code?: string;
  error?: string;
  retry_in_s?: number;
}
