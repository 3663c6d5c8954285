import { z } from "zod";
import { isUnsetTime, toIsoTime } from "../iso-time.ts";
import { expected } from "./expected.ts";

/** A member that may be null or missing; then it is null. */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? null);

/** A list; null or missing is the empty list. */
export const list = <T extends z.ZodType>(element: T) =>
  z
    .array(element, { error: "expected a list" })
    .nullish()
    .transform((elements) => elements ?? []);

export const text = z.string({ error: "expected text" });
export const boolean = z.boolean({ error: "expected true or false" });

const isInt = (value: unknown): value is number => Number.isInteger(value) && value === (Number(value) | 0);

/** C# `int`. */
export const int = expected("a whole number of 32 bits", (value) => (isInt(value) ? value : undefined));

/** The id of something that must exist: 0 is .NET's unset value. */
export const id = expected("an id, a whole number above 0", (value) =>
  isInt(value) && value > 0 ? value : undefined,
);

/** C# `long`, as its digits: JavaScript's numbers are exact up to 2^53 only. */
export const long = expected("a whole number of 64 bits, from 2^53 on as text", (value) => {
  const isExact = Number.isSafeInteger(value) || typeof value === "bigint";
  const digits = isExact ? String(value) : value;
  if (typeof digits !== "string" || !/^-?\d{1,19}$/.test(digits)) return undefined;
  return BigInt.asIntN(64, BigInt(digits)) === BigInt(digits) ? digits : undefined;
});

/** An id that the seed declares as a string; some servers send their number. */
export const identifier = expected("an id, text of 1 to 256 characters", (value) => {
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value.length >= 1 && value.length <= 256 ? value : undefined;
});

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What identifies a chat: its GUID, in one spelling, or its number where a server has no GUIDs. */
export const chatGuid = identifier.transform((given) => (GUID.test(given) ? given.toLowerCase() : given));

/** C# `DateTime`, as ISO 8601 in UTC. */
export const time = expected("a date", (value) =>
  typeof value === "string" && !isUnsetTime(value) ? toIsoTime(value) : undefined,
);

/** `schema` for a member that is also unset when it holds one of .NET's values for nothing. */
const unsetWhen = <T extends z.ZodType>(isUnset: (value: unknown) => boolean, schema: T) =>
  z.preprocess((value) => (isUnset(value) ? null : value), optional(schema));

/** A `DateTime` that may be missing, null or `DateTime.MinValue`. */
export const optionalTime = unsetWhen((value) => typeof value === "string" && isUnsetTime(value), time);

/** The number of a chat that may be missing, null or 0. */
export const optionalChatNumber = unsetWhen((value) => value === 0, id);

/** The GUID of a chat that may be missing, null or empty. */
export const optionalChatGuid = unsetWhen((value) => value === "", chatGuid);

/** C# `double`, null where Json.NET writes "NaN", the mean of nothing. */
export const optionalDouble = unsetWhen(
  (value) => value === "NaN" || value === "Infinity" || value === "-Infinity",
  z.number({ error: "expected a number" }),
);
