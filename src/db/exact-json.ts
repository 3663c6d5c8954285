/**
 * JSON with whole numbers kept exact. .NET's `long` goes up to 2^63, JavaScript's number is exact up to 2^53 only: plain
 * `JSON.parse` would round a chat server's id without a word. Whole numbers beyond that become bigint.
 */
export function parseExactJson(text: string): unknown {
  return MAY_BE_TOO_LARGE.test(text) ? JSON.parse(text, reviveExactly) : JSON.parse(text);
}

/** `JSON.stringify` that writes bigint as the number it is. */
export function stringifyExactJson(value: unknown): string {
  return JSON.stringify(value, (_member, inner: unknown) =>
    typeof inner === "bigint" ? rawJson(String(inner)) : inner,
  );
}

/** Reviving is several times slower, so only where a number of 16 digits may stand. */
const MAY_BE_TOO_LARGE = /\d{16}/;
const WHOLE = /^-?\d+$/;

function reviveExactly(_member: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined) return value;
  return WHOLE.test(source) ? BigInt(source) : value;
}

/** In Node since 21, not in TypeScript's library yet. */
const { rawJSON: rawJson } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** The value with bigint replaced by what any `JSON.stringify` writes as the number it is. */
export function withRawNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return rawJson(String(value));
  if (Array.isArray(value)) return value.map(withRawNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, withRawNumbers(inner)]));
}
