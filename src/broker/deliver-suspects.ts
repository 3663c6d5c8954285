import { type Delivery, LANE_WINDOW } from "./delivery.ts";
import type { Lanes } from "./lanes.ts";
import type { Message } from "./message.ts";
import type { QueueSession } from "./queue-session.ts";

/** A message in hand at so many crashes, alone at the last ones, is taken to be their cause. */
const MOST_CRASHES = 3;

/**
 * Delivers what the crashed reader of these lanes may have had in hand. Messages are recorded before they run, so that
 * after another crash they are known: those run alone, one by one, and the one that goes on crashing its worker is sent
 * to the error queue without being run again.
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
  const crashesOf = await session.crashesOf(messages);
  let unsuspected: Message[] = [];
  for (const message of messages) {
    const crashes = crashesOf.get(message.id) ?? 0;
    if (crashes === 0) {
      unsuspected.push(message);
      continue;
    }
    await deliverTogether(unsuspected, session, delivery);
    unsuspected = [];
    if (crashes < MOST_CRASHES) {
      await deliverTogether([message], session, delivery);
    } else {
      const error = `the worker crashed ${crashes} times while it had this message in hand`;
      await session.fail([{ message, failure: { code: "PA021", error, reject: true } }]);
      await session.clearSuspects([message]);
    }
  }
  await deliverTogether(unsuspected, session, delivery);
}

async function deliverTogether(
  messages: Message[],
  session: QueueSession,
  delivery: Delivery,
): Promise<void> {
  if (messages.length === 0) return;
  await session.recordSuspects(messages);
  await delivery.deliver(messages);
  await session.clearSuspects(messages);
}
