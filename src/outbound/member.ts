import { correctMembers, correctSpelling, isObject } from "../consumers/spelling.ts";

/**
 * What an event's document says at a path, as text: `PreChatPhone`, `Visitor.City`, and of lists of names and values by the name:
 * `CustomFields.Order number`. Null where it says nothing.
 */
export function memberText(document: unknown, path: string): string | null {
  const dot = path.indexOf(".");
  const [member, rest] = dot === -1 ? [path, null] : [path.slice(0, dot), path.slice(dot + 1)];
  const found = memberOf(document, member);
  if (rest === null) return asText(found);
  if (!Array.isArray(found)) return memberText(found, rest);
  return asText(
    memberOf(
      found.find((entry) => memberOf(entry, "Name") === rest),
      "Value",
    ),
  );
}

function memberOf(document: unknown, member: string): unknown {
  const members = correctMembers(document);
  return isObject(members) ? members[correctSpelling(member)] : null;
}

function asText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean"
    ? String(value)
    : null;
}
