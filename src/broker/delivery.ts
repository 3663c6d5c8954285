import type { ConsumerDefinition } from "./consumer.ts";
import type { Handler } from "./handler.ts";
import type { Lanes } from "./lanes.ts";
import type { Message } from "./message.ts";
import type { Failure } from "./outcome.ts";
import type { QueueSession } from "./queue-session.ts";
import type { WorkerRuntime } from "./runtime.ts";
import type { Tally } from "./tally.ts";

/** Most messages that a reader has in hand of a lane, retries apart. After a crash, so many per lane are suspect. */
export const LANE_WINDOW = 250;

/** worked: there may be more at once; waiting: handlers are at work, nothing new came; idle: nothing in hand either. */
export type Progress = "worked" | "waiting" | "idle";

/** How a reader's messages reach the handler and are settled: transactionally or calling out. */
export interface Delivery {
  /** Receives, handles and settles some. */
  step(): Promise<Progress>;
  /** Waits so many milliseconds, less when a handler ends. */
  pause(ms: number): Promise<void>;
  /** Handles exactly these, in order per key, and settles them before it returns. False when some failed or were put back. */
  deliver(messages: Message[]): Promise<boolean>;
  /** Starts nothing more and settles what is at work; what is not done after the grace period stays in the queue. */
  finish(graceMs: number): Promise<void>;
  /** The reader has lost its lanes: starts nothing more, and ignores how what is at work ends. */
  abandon(): void;
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

/** One line for each failure; never the document, and of the error only what the handler said. */
export function logFailure({ runtime, definition }: DeliveryParts, message: Message, failure: Failure): void {
  runtime.log.warn(
    {
      queue: definition.queue,
      eventId: message.eventId,
      event: message.eventName,
      attempt: message.attempt,
      code: failure.code,
    },
    `handler failed: ${failure.error}`,
  );
}
