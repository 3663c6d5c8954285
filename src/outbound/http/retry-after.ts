const LONGEST_S = 24 * 3600;

/** RFC 9110, 10.2.3: seconds, or a date. Undefined: it does not say. At most a day, lest a mistake silences a destination. */
export function retryAfterSeconds(header: string | undefined, now = new Date()): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : secondsUntil(text, now);
  if (Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_S);
}

/** Only dates of HTTP: `Date.parse` takes "-5" for one. */
function secondsUntil(date: string, now: Date): number {
  return date.endsWith("GMT") ? (Date.parse(date) - now.getTime()) / 1000 : Number.NaN;
}
