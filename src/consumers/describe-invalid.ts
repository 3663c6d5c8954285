import type { z } from "zod";
import { correctSpelling, isObject } from "./spelling.ts";

const MOST_SHOWN = 3;
const LIST_ITEM = /^\d+$/;

type Path = readonly PropertyKey[];

/**
 * What is wrong with a refused document, in one line: `Messages[3].Time: expected a date, got "yesterday"`. Members are
 * named as the sender spelled them. Values are shown where no personal data belongs (dates, numbers, codes), else only
 * their type and length.
 */
export function describeInvalid(error: z.ZodError, data: unknown): string {
  const shown = error.issues.slice(0, MOST_SHOWN).map((issue) => {
    const { path, found } = follow(issue.path, data);
    const expectation = expectationOf(issue.message);
    return `${path || "data"}: ${expectation}, ${describeFound(found, expectation)}`;
  });
  const hidden = error.issues.length - shown.length;
  return hidden > 0 ? `${shown.join("; ")}; and ${hidden} more` : shown.join("; ");
}

/** Walks from the document to the offending member, in the sender's spelling. */
function follow(path: Path, data: unknown): { path: string; found: unknown } {
  let spelled = "";
  let found = data;
  for (const step of path.map(String)) {
    if (Array.isArray(found) && LIST_ITEM.test(step)) {
      spelled += `[${step}]`;
      found = found[Number(step)];
    } else {
      const member = isObject(found) ? memberOf(found, step) : step;
      spelled += spelled === "" ? member : `.${member}`;
      found = isObject(found) ? found[member] : undefined;
    }
  }
  return { path: spelled, found };
}

function memberOf(object: Record<string, unknown>, name: string): string {
  if (Object.hasOwn(object, name)) return name;
  return Object.keys(object).find((member) => correctSpelling(member) === name) ?? name;
}

/** zod's own messages read `Invalid input: expected string, received number`. */
function expectationOf(message: string): string {
  return message.replace(/^[^:]*: (?=expected )/, "").replace(/, received .*$/s, "");
}

function describeFound(found: unknown, expectation: string): string {
  if (found === undefined) return "but it is missing";
  if (found === null) return "got null";
  if (Array.isArray(found)) return `got a list of ${found.length}`;
  if (typeof found === "object") return "got an object";
  if (typeof found !== "string") return `got ${found}`;
  const isHarmless = /\b(date|number|one of)\b/.test(expectation) && /^[\w .:+/()-]{0,40}$/.test(found);
  return isHarmless ? `got "${found}"` : `got text of ${found.length} characters`;
}
