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
  const settings = checked(adapter.settings, row.settings, adapter.kind, "settings");
  const opened = row.secrets === null ? {} : sealing().open(row.secrets, row);
  const secrets = checked(adapter.secrets, opened, adapter.kind, "secrets");
  return { id, accountId, name, settings, secrets };
}

/** What the schema makes of it; PA060 names the members at fault, and no value of theirs. */
export function checked(
  schema: z.ZodType,
  value: unknown,
  kind: string,
  part: "settings" | "secrets",
): unknown {
  const parsed = schema.safeParse(value, { error: inWords });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${z.core.toDotPath(path)}: ${message}`,
  );
  throw new ParleyError("PA060", `unusable ${part} of ${kind}: ${issues.join("; ")}`, {
    hint: `docs/consumers/${kind}.md says which there are.`,
  });
}

/** What is wrong most often, for people who never heard of zod. What a schema says itself stays. */
function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "unrecognized_keys") return `there is no ${issue.keys.join(", no ")}`;
  if (issue.code !== "invalid_type") return undefined;
  return issue.input === undefined ? "is missing" : `expected ${issue.expected}`;
}
