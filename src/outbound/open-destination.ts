import { z } from "zod";
import { ParleyError } from "../errors.ts";
import type { Adapter, Destination } from "./adapter.ts";
import type { Sealing } from "./sealing.ts";

interface Stored {
  id: number;
  accountId: number;
  name: string;
  settings: unknown;
  secrets: string | null;
}

/** The destination as its adapter wants it, secrets opened. PA060 or PA062 says what is wrong, without a value of the secrets. */
export function openDestination(
  adapter: Adapter,
  row: Stored,
  sealing: () => Sealing,
): Destination<unknown, unknown> {
  const { id, accountId, name } = row;
  const settings = checked(adapter.settings, row.settings, `settings of ${adapter.kind}`);
  const opened = row.secrets === null ? {} : sealing().open(row.secrets, row);
  const secrets = checked(adapter.secrets, opened, `secrets of ${adapter.kind}`);
  return { id, accountId, name, settings, secrets };
}

/** What the schema makes of it; PA060 names the members at fault. */
export function checked(schema: z.ZodType, value: unknown, what: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${z.core.toDotPath(path) || "all"}: ${message}`,
  );
  throw new ParleyError("PA060", `unusable ${what}: ${issues.join("; ")}`);
}
