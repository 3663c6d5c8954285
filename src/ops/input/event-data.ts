import { ParleyError } from "../../errors.ts";
import { findJsonFault } from "./json-fault.ts";
import type { SourceText } from "./read-text.ts";
import { assertStorable } from "./storable-json.ts";

const EVENT_WITHOUT_DATA = "An event without data is put as {}.";

/**
 * Checks one JSON document and returns its text as it came: parsed and printed again, numbers beyond double
 * precision would change.
 */
export function checkedDocument({ source, text }: SourceText, ifEmpty = EVENT_WITHOUT_DATA): string {
  assertNotEmpty(text, source, ifEmpty);
  assertStorable(parse(text, source, 1), source);
  return text;
}

/** Checks one JSON document a line; blank lines are skipped. */
export function checkedLines({ source, text }: SourceText): string[] {
  assertNotEmpty(text, source, EVENT_WITHOUT_DATA);
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    assertStorable(parse(line, source, index + 1), `${source}, line ${index + 1}`);
    return [line];
  });
}

function assertNotEmpty(text: string, source: string, hint: string): void {
  if (text.trim() !== "") return;
  throw new ParleyError("PA018", `${source} is empty`, { hint });
}

function parse(text: string, source: string, firstLine: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const fault = findJsonFault(text);
    const line = fault.line + firstLine - 1;
    throw new ParleyError(
      "PA018",
      `${source} is not JSON: expected ${fault.expected} at line ${line}, column ${fault.column}`,
      { hint: "Correct it there, or a little before." },
    );
  }
}
