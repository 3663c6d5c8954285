/** Ids of events that were never put: below those of the broker, in the order of time. */
export function eventIds(): () => number {
  let id = -1_000_000_000;
  return () => id++;
}
