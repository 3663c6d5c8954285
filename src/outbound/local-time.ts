const OFFSET = /^(?:UTC|GMT)?\s*([+-]?)(\d{1,2})(?::?([0-5]\d))?$/i;
const FURTHEST_HOURS = 14;

/**
 * The zone that a chat server means: hours from UTC (`2`), an offset (`+08:00`, `UTC-3`) or a name of the IANA database.
 * Undefined if it is none.
 */
export function timeZoneOf(given: number | string | null): string | undefined {
  if (given === null || given === "") return undefined;
  const [offset, sign, hours, minutes = "00"] = OFFSET.exec(String(given).trim()) ?? [];
  if (offset === undefined) return isTimeZone(String(given)) ? String(given) : undefined;
  if (Number(hours) > FURTHEST_HOURS) return undefined;
  return `${sign || "+"}${hours!.padStart(2, "0")}:${minutes}`;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export function isLanguage(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

/** How times are written for somebody. */
export interface TimeStyle {
  timeZone: string;
  /** BCP 47. */
  language: string;
}

/** `2 March 2026`. */
export function localDate(at: string, style: TimeStyle): string {
  return formatterOf(style, { dateStyle: "long" }).format(new Date(at));
}

/** `11:14`: hours and minutes. */
export function localTime(at: string, style: TimeStyle): string {
  return formatterOf(style, { timeStyle: "short" }).format(new Date(at));
}

/** `GMT+2`: what the times of that day mean. */
export function zoneName(at: string, style: TimeStyle): string {
  const parts = formatterOf(style, { timeZoneName: "short" }).formatToParts(new Date(at));
  return parts.find(({ type }) => type === "timeZoneName")!.value;
}

const MOST_FORMATTERS = 100;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making one takes as long as formatting hundreds of times, which transcripts do. */
function formatterOf(
  { language, timeZone }: TimeStyle,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = JSON.stringify([language, timeZone, options]);
  let formatter = formatters.get(key);
  if (!formatter) {
    // Visitors choose their zones.
    if (formatters.size >= MOST_FORMATTERS) formatters.clear();
    formatter = new Intl.DateTimeFormat(language, { ...options, timeZone });
    formatters.set(key, formatter);
  }
  return formatter;
}
