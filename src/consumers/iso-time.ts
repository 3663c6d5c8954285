const ISO_8601 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))?$/;
const MICROSOFT = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/;

/**
 * A time as Json.NET writes it (ISO 8601 with or without an offset, or `/Date(…)/`), in UTC with the six digits that
 * PostgreSQL keeps, so that later times are greater texts; undefined if it is none. Without an offset it is UTC already.
 */
export function toIsoTime(text: string): string | undefined {
  const microsoft = MICROSOFT.exec(text);
  if (microsoft) return inUtc(Number(microsoft[1]), undefined);

  const [matched, seconds, fraction, sign, hours, minutes] = ISO_8601.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const local = new Date(`${seconds}Z`);
  // Date takes 30 February for 2 March, and 24:00 for the next day.
  if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(seconds!)) return undefined;
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return inUtc(sign === "-" ? local.getTime() + offset : local.getTime() - offset, fraction);
}

const NO_TIME = [
  "0001-01-01T00:00:00",
  "/Date(-62135596800000",
  "9999-12-31T23:59:59",
  "/Date(253402300799999",
];

/** Whether the text is .NET's `DateTime.MinValue`, which a `DateTime` holds that nobody has set, or `DateTime.MaxValue`. */
export function isUnsetTime(text: string): boolean {
  return NO_TIME.some((start) => text.startsWith(start));
}

function inUtc(milliseconds: number, fraction: string | undefined): string | undefined {
  const time = new Date(milliseconds);
  if (Number.isNaN(time.getTime())) return undefined;
  const iso = time.toISOString();
  const hasPlainYear = /^\d{4}-/.test(iso) && !iso.startsWith("0000");
  if (!hasPlainYear) return undefined;
  return `${iso.slice(0, 19)}.${(fraction ?? iso.slice(20, 23)).slice(0, 6).padEnd(6, "0")}Z`;
}
