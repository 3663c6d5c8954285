import type { ConsumerDefinition } from "./consumer.ts";
import type { Handler } from "./handler.ts";
import type { Lanes } from "./lanes.ts";
import type { Message } from "./message.ts";
import type { QueueSession } from "./queue-session.ts";
import type { WorkerRuntime } from "./runtime.ts";
import type { Tally } from "./tally.ts";

/** Most messages of a lane that a reader has in hand. After a crash, so many per lane are suspect. */
export const LANE_WINDOW = 250;

/** worked: there may be more at once; waiting: handlers are at work, nothing new came; idle: nothing in hand either. */
export type Progress = "worked" | "waiting" | "idle";

/** How a reader's messages reach the handler and are settled: transactionally or calling out. */
export interface Delivery {
  /** Receives, handles and settles some. */
  step(): Promise<Progress>;
  /** Waits so many milliseconds, less when a handler ends. */
  pause(ms: number): Promise<void>;
  /** Handles and settles exactly these, in order per key, before it returns. */
  deliver(messages: Message[]): Promise<void>;
  /** Finishes what is in hand; after the grace period gives the rest back to the queue. */
  finish(graceMs: number): Promise<void>;
}

/** What both ways to deliver work with. */
export interface DeliveryParts {
  definition: ConsumerDefinition;
  runtime: WorkerRuntime;
  session: QueueSession;
  lanes: Lanes;
  handler: Handler;
  tally: Tally;
}
