import type { Delivery } from "./adapter.ts";
import type { DeliveryRow } from "./dispatch-session.ts";

/** A delivery as a dispatcher has it in hand: `delayed` is a retry, or let go behind one. */
export interface WaitingDelivery extends Delivery {
  readonly destinationId: number;
  /** Its place in the order of its destination. */
  readonly place: number;
  readonly delayed: boolean;
  /** How often it was under way when its worker died. */
  readonly crashes: number;
  /** Of its document, as JSON. */
  readonly bytes: number;
}

/** What was received, as it is taken in hand; `id` is what its destination knows it by. */
export function waitingDelivery(row: DeliveryRow, id: string, bytes: number): WaitingDelivery {
  return {
    id,
    destinationId: row.destinationId,
    place: row.id,
    eventId: row.eventId,
    eventName: row.eventName ?? "",
    key: row.key,
    attempt: row.attempts + 1,
    data: row.data,
    putAt: row.putAt,
    delayed: row.delayed,
    crashes: row.crashes,
    bytes,
  };
}
