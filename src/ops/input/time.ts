import { ParleyError } from "../../errors.ts";

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const RELATIVE = /^(\d+)([smhdw])$/;
/** A century: what lies further away is a slip, and may be beyond what a date can hold. */
const MOST_SECONDS = 36_525 * UNITS.d;
const ISO_8601 = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** A point in time as the user gave it: fixed, or so many seconds away from the database's clock. */
export type TimeArgument = { at: Date } | { seconds: number };

/** Parses `2026-01-31`, `2026-01-31T09:30`, `2026-01-31T09:30:00+02:00` (UTC without an offset), or `15m`, `2h`, `7d`. */
export function parseTime(text: string): TimeArgument {
  const seconds = parseRelative(text);
  if (seconds !== undefined && seconds <= MOST_SECONDS) return { seconds };
  const at = parseIso(text);
  if (at) return { at };
  throw new ParleyError("PA026", `"${text}" is not a time`, {
    hint: "Use ISO 8601, such as 2026-01-31T09:30:00Z, or 15m, 2h, 7d.",
  });
}

/** `15m`, `2h`, `7d` as seconds. */
export function parseDuration(text: string): number {
  const seconds = parseRelative(text);
  if (seconds !== undefined && seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw new ParleyError("PA026", `"${text}" is not a duration`, { hint: "Use 15m, 2h, 7d." });
}

/** `15m` is 15 minutes before `now`. */
export function resolvePast(time: TimeArgument, now: Date): Date {
  return "at" in time ? time.at : new Date(now.getTime() - time.seconds * 1000);
}

/** `15m` is 15 minutes after `now`. */
export function resolveFuture(time: TimeArgument, now: Date): Date {
  return "at" in time ? time.at : new Date(now.getTime() + time.seconds * 1000);
}

function parseRelative(text: string): number | undefined {
  const match = RELATIVE.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : undefined;
}

function parseIso(text: string): Date | undefined {
  const match = ISO_8601.exec(text);
  if (!match) return undefined;
  const hasTime = text.length > 10;
  const offset = match[1];
  const at = new Date(hasTime ? normaliseOffset(text.replace(" ", "T"), offset) : text);
  const day = text.slice(0, 10);
  // Date takes February 30th for March 2nd; a typo must not move a replay.
  const dayExists = new Date(day).toJSON()?.startsWith(day) ?? false;
  return dayExists && !Number.isNaN(at.getTime()) ? at : undefined;
}

/** Date wants `+02:00` where ISO 8601 allows `+02` and `+0200`, and takes a missing offset for local time. */
function normaliseOffset(text: string, offset: string | undefined): string {
  if (offset === undefined) return `${text}Z`;
  if (offset === "Z") return text;
  const digits = offset.slice(1).replace(":", "").padEnd(4, "0");
  return `${text.slice(0, -offset.length)}${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
