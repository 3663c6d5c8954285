import { readFileSync } from "node:fs";
import type pg from "pg";
import { describeInvalid } from "../../src/consumers/describe-invalid.ts";
import { schemas, storeEvent } from "../../src/consumers/persistence.ts";

export type Document = Record<string, unknown>;

export const EXAMPLES_FOLDER = new URL("../../examples/events/", import.meta.url);

/** A fresh copy of the example document of that event. */
export function example(name: string): Document {
  return JSON.parse(readFileSync(new URL(`${name}.json`, EXAMPLES_FOLDER), "utf8"));
}

/** Validates the document and stores it, as the persistence consumer does with one message. */
export async function deliver(
  client: pg.Pool | pg.Client,
  event: { id: number; name: string; data: unknown; putAt?: Date },
): Promise<void> {
  await storeEvent(
    { ...event, data: validated(event.name, event.data), putAt: event.putAt ?? new Date() },
    { tx: { query: (text, values) => client.query(text, values) } },
  );
}

/** The line that a broken document of that event is refused with; undefined if it is accepted. */
export function refusal(name: string, data: unknown): string | undefined {
  const result = schemas[name]!.safeParse(data);
  return result.success ? undefined : describeInvalid(result.error, data);
}

function validated(name: string, data: unknown): unknown {
  const schema = schemas[name];
  if (schema === undefined) return data;
  const line = refusal(name, data);
  if (line !== undefined) throw new Error(line);
  return schema.parse(data);
}
