import { type Delivery, LANE_WINDOW } from "./delivery.ts";
import type { Lanes } from "./lanes.ts";
import type { Message } from "./message.ts";
import type { QueueSession } from "./queue-session.ts";

/** A message in hand at so many crashes, alone at the last ones, is taken to be their cause. */
const MOST_CRASHES = 3;

/**
 * Delivers what the crashed reader of these lanes may have had in hand. Every message is recorded before it runs, so
 * that after another crash it is known: those recorded before run alone, one by one, and the one that goes on crashing
 * its worker is sent to the error queue without being run again.
 */
export async function deliverSuspects(
  crashedLanes: number[],
  session: QueueSession,
  lanes: Lanes,
  delivery: Delivery,
): Promise<void> {
  let toLookAt = crashedLanes.length * LANE_WINDOW;
  while (toLookAt > 0) {
    const received = await session.receive({
      lanes: crashedLanes,
      afterIds: lanes.startReceive(crashedLanes),
      maxPerLane: LANE_WINDOW,
    });
    if (received.length === 0) return;
    await deliverRecorded(received, session, delivery);
    toLookAt -= received.length;
  }
}

async function deliverRecorded(
  messages: Message[],
  session: QueueSession,
  delivery: Delivery,
): Promise<void> {
  if (messages.length === 0) return;
  const crashes = await session.recordSuspects(messages);
  let together: Message[] = [];
  for (const message of messages) {
    const before = crashes.get(message.id) ?? 0;
    if (before === 0) {
      together.push(message);
      continue;
    }
    await delivery.deliver(together);
    together = [];
    if (before < MOST_CRASHES) {
      await delivery.deliver([message]);
    } else {
      const error = `the worker crashed ${before} times while it had this message in hand`;
      await session.fail([{ message, failure: { code: "PA021", error, reject: true } }]);
    }
  }
  await delivery.deliver(together);
  await session.clearSuspects(messages);
}
