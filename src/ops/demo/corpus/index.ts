import { en } from "./en.ts";
import type { Language, Phrases } from "./language.ts";
import { uk } from "./uk.ts";
import { zh } from "./zh.ts";

/** Own texts, written for this demo. */
export const CORPUS: Record<Language, Phrases> = { uk, zh, en };

/** Puts the values in the places that are named after them. */
export function fillIn(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
