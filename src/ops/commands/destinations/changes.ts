import { type Command, InvalidArgumentError } from "commander";
import { loadConfig } from "../../../config.ts";
import type { Adapter } from "../../../outbound/adapter.ts";
import { checked } from "../../../outbound/open-destination.ts";
import type { SealedFor } from "../../../outbound/sealing.ts";
import { sealingOf } from "../../../outbound/secrets-key.ts";
import { assertEvent, type Queryable } from "../../call-broker.ts";
import { checkedDocument } from "../../input/event-data.ts";
import { readText } from "../../input/read-text.ts";
import { readSecrets } from "../../input/secrets.ts";
import { wholeNumber } from "../../input/whole-number.ts";
import type { OutputOptions } from "../../output.ts";

const EXAMPLE = `echo '{"token": "..."}' | ./parley destinations set 7 --secrets -`;

export interface Changes extends OutputOptions {
  name?: string;
  settings?: string;
  secrets?: string;
  events?: string[];
  allEvents?: true;
  concurrency?: number;
  rate?: number;
  anyRate?: true;
}

/** The options of what may be set. */
export function withChanges(command: Command): Command {
  return command
    .option("--name <name>", "what people call it; unique for account and kind")
    .option("--settings <json>", "its settings: JSON, or a file with it")
    .option("--secrets <file>", "file with its secrets as JSON, - for standard input; they are stored sealed")
    .option("--events <names>", "only these events, with commas between", (names) =>
      names.split(",").map((name) => name.trim()),
    )
    .option("--all-events", "all events that the queue of its kind gets")
    .option("--concurrency <number>", "most deliveries at the same time", wholeNumber(1))
    .option("--rate <number>", "most deliveries a second", positive)
    .option("--any-rate", "as fast as it can")
    .option("--json", "print JSON");
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("Give a number above 0.");
  return number;
}

/** What the options say, as columns; settings and secrets are checked by the adapter before they are written. */
export async function columnsOf(
  db: Queryable,
  adapter: Adapter,
  options: Changes,
  destination: SealedFor,
): Promise<Record<string, unknown>> {
  const columns: Record<string, unknown> = {};
  if (options.name !== undefined) columns.name = options.name;
  if (options.settings !== undefined) {
    const settings = JSON.parse(await readSettings(options.settings));
    checked(adapter.settings, settings, adapter.kind, "settings");
    columns.settings = settings;
  }
  if (options.secrets !== undefined) {
    const sealing = sealingOf(loadConfig());
    const secrets = await readSecrets(options.secrets, EXAMPLE);
    checked(adapter.secrets, secrets, adapter.kind, "secrets");
    columns.secrets = sealing.seal(secrets, destination);
  }
  if (options.events !== undefined) {
    for (const event of options.events) await assertEvent(db, event);
    columns.events = options.events;
  }
  if (options.allEvents) columns.events = null;
  if (options.concurrency !== undefined) columns.concurrency = options.concurrency;
  if (options.rate !== undefined) columns.rate_per_second = options.rate;
  if (options.anyRate) columns.rate_per_second = null;
  await adapter.close?.();
  return columns;
}

async function readSettings(given: string): Promise<string> {
  const isDocument = /^\s*\{/.test(given);
  return checkedDocument(
    isDocument ? { source: "--settings", text: given } : await readText(given, process.stdin),
  );
}
