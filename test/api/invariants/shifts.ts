import type { Db } from "../../broker/test-queue.ts";
import type { Account } from "./history.ts";
import type { Moment } from "./measure.ts";

const ZONE = "Europe/Berlin";
const QUARTER = 15 * 60 * 1_000_000;

const clock = new Intl.DateTimeFormat("en-GB", {
  ...{ timeZone: ZONE, weekday: "short", hour: "numeric", hourCycle: "h23" },
});
const localTimes = new Map<Moment, { hour: number; isWeekend: boolean }>();

/** The account works on weekdays, its second inbox every night. */
export async function createShifts(db: Db, { id, inboxes }: Account): Promise<void> {
  await db.query("select stats.set_calendar($1, 'Mo-Fr 09:00-17:00', $2, '2026-01-01')", [id, ZONE]);
  await db.query("select stats.set_calendar($1, 'Mo-Su 22:00-06:00', $2, '2026-01-01', $3)", [
    ...[id, ZONE, inboxes[1]],
  ]);
}

/** How much of a time lies within these hours, quarter of an hour by quarter of an hour. */
export function timeInShifts({ inboxes }: Account, inbox: number, since: Moment, until: Moment): Moment {
  let time = 0;
  for (let quarter = Math.floor(since / QUARTER) * QUARTER; quarter < until; quarter += QUARTER) {
    const { hour, isWeekend } = localTime(quarter);
    const isOpen = inbox === inboxes[1] ? hour >= 22 || hour < 6 : !isWeekend && hour >= 9 && hour < 17;
    if (isOpen) time += Math.min(until, quarter + QUARTER) - Math.max(since, quarter);
  }
  return time;
}

function localTime(quarter: Moment) {
  let local = localTimes.get(quarter);
  if (!local) {
    const parts = clock.formatToParts(quarter / 1000);
    const part = (type: string) => parts.find((one) => one.type === type)!.value;
    local = { hour: Number(part("hour")), isWeekend: ["Sat", "Sun"].includes(part("weekday")) };
    localTimes.set(quarter, local);
  }
  return local;
}
