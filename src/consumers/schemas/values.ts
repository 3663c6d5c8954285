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
export const id = expected("an id, a whole number from 1 to 2147483647", (value) =>
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

/** A name that the seed declares as a string; servers that number send the number, 0 for none. */
export const nameOrNumber = expected("text, or a whole number", (value) => {
  if (Number.isSafeInteger(value)) return value === 0 ? "" : String(value);
  return typeof value === "string" ? value : undefined;
});

/** C# `byte[]`, which Json.NET writes in base64, as PostgreSQL reads it. */
export const bytes = expected("bytes in base64", (value) => {
  if (typeof value !== "string") return undefined;
  const content = Buffer.from(value, "base64");
  return content.toString("base64") === value ? `\\x${content.toString("hex")}` : undefined;
});

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const EMPTY_GUID = "00000000-0000-0000-0000-000000000000";

/** What identifies a chat or a visitor: a GUID, in one spelling, or a number where a server has no GUIDs. */
export const guid = identifier.transform((given) => (GUID.test(given) ? given.toLowerCase() : given));

/** C# `DateTime`, as ISO 8601 in UTC. */
export const time = expected("a date", (value) =>
  typeof value === "string" && !isUnsetTime(value) ? toIsoTime(value) : undefined,
);

/** `schema` for a member that is also unset when it holds one of .NET's values for nothing. */
const unsetWhen = <T extends z.ZodType>(isUnset: (value: unknown) => boolean, schema: T) =>
  z.preprocess((value) => (isUnset(value) ? null : value), optional(schema));

/** A `DateTime` that may be missing, null, `DateTime.MinValue` or `DateTime.MaxValue`. */
export const optionalTime = unsetWhen((value) => typeof value === "string" && isUnsetTime(value), time);

/** A `long` that names something; it may be missing, null or 0. */
export const optionalLong = unsetWhen((value) => value === 0 || value === "0", long);

/** The id of something that may be missing, null, 0 or below: agent -1 is nobody as well. */
export const optionalId = unsetWhen((value) => isInt(value) && value <= 0, id);

/** An `identifier` that may be missing, null or empty. */
export const optionalIdentifier = unsetWhen((value) => value === "", identifier);

/** The number of a chat that may be missing, null or 0. */
export const optionalChatNumber = unsetWhen((value) => value === 0, id);

/** The GUID of a chat that may be missing, null or empty. */
export const optionalChatGuid = unsetWhen((value) => value === "", guid);

/** The id of a visitor, who may be anonymous: missing, null, empty, 0 or `Guid.Empty`. */
export const optionalVisitorId = unsetWhen(
  (value) => value === "" || value === 0 || value === "0" || value === EMPTY_GUID,
  guid,
);

/** C# `double`, null where Json.NET writes "NaN", the mean of nothing. */
export const optionalDouble = unsetWhen(
  (value) => value === "NaN" || value === "Infinity" || value === "-Infinity",
  z.number({ error: "expected a number" }),
);
