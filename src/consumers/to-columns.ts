import { isObject } from "./spelling.ts";

/** A validated document as the store functions take it: every member named like the column it goes to. */
export function toColumns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toColumns);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, content]) => [toSnakeCase(member), toColumns(content)]),
  );
}

const toSnakeCase = (camelCase: string) =>
  camelCase.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
