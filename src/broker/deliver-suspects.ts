import { type Delivery, type DeliveryParts, LANE_WINDOW, logFailure } from "./delivery.ts";
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
  parts: DeliveryParts,
  delivery: Delivery,
): Promise<void> {
  const { session, lanes, runtime } = parts;
  let toLookAt = crashedLanes.length * LANE_WINDOW;
  while (toLookAt > 0 && !runtime.signal.aborted) {
    const received = await session.receive({
      lanes: crashedLanes,
      afterIds: lanes.startReceive(crashedLanes),
      maxPerLane: LANE_WINDOW,
    });
    if (received.length === 0) return;
    toLookAt -= await deliverUntilOneFails(received, parts, delivery);
  }
}

/** After a failure the rest is received anew, since some of it may have to wait behind that. Returns how many it dealt with. */
async function deliverUntilOneFails(
  messages: Message[],
  parts: DeliveryParts,
  delivery: Delivery,
): Promise<number> {
  const crashesOf = await parts.session.crashesOf(messages);
  const crashes = (message: Message | undefined) => (message && crashesOf.get(message.id)) ?? 0;
  let dealtWith = 0;
  while (dealtWith < messages.length && !parts.runtime.signal.aborted) {
    const rest = messages.slice(dealtWith);
    const firstSuspect = rest.findIndex((message) => crashes(message) > 0);
    const next =
      firstSuspect === 0 ? rest.slice(0, 1) : rest.slice(0, firstSuspect < 0 ? undefined : firstSuspect);
    dealtWith += next.length;
    if (crashes(next[0]) >= MOST_CRASHES) await bury(next[0]!, crashes(next[0]), parts);
    else if (!(await deliverRecorded(next, parts.session, delivery))) break;
  }
  return dealtWith;
}

async function deliverRecorded(
  messages: Message[],
  session: QueueSession,
  delivery: Delivery,
): Promise<boolean> {
  await session.recordSuspects(messages);
  const settled = await delivery.deliver(messages);
  await session.clearSuspects(messages);
  return settled;
}

async function bury(message: Message, crashes: number, parts: DeliveryParts): Promise<void> {
  const error = `the worker crashed ${crashes} times while it had this message in hand`;
  const failure = { code: "PA021", error, reject: true };
  await parts.session.fail([{ message, failure }]);
  await parts.session.clearSuspects([message]);
  parts.tally.failed(1, 1);
  logFailure(parts, message, failure);
}
