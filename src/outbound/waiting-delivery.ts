import type { Delivery } from "./adapter.ts";

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
