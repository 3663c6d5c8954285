import type { Delivery } from "./adapter.ts";

/** What outbound.receive gives. */
export interface DeliveryRow {
  destinationId: number;
  id: number;
  eventId: number;
  eventName: string | null;
  key: string | null;
  data: unknown;
  putAt: Date;
  attempts: number;
  /** How often it was under way when its worker died, as far as that was written down. */
  crashes: number;
  delayed: boolean;
  parked: boolean;
}

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
