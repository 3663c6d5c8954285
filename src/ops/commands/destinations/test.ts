import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type pg from "pg";
import { loadConfig } from "../../../config.ts";
import { ParleyError } from "../../../errors.ts";
import { createLog } from "../../../log.ts";
import { makeAdapter } from "../../../outbound/adapters.ts";
import { sealingOf } from "../../../outbound/secrets-key.ts";
import { deliverTest } from "../../../outbound/test-delivery.ts";
import { checkedDocument } from "../../input/event-data.ts";
import { readText } from "../../input/read-text.ts";
import { wholeNumber } from "../../input/whole-number.ts";
import { formatFields, type OutputOptions, report } from "../../output.ts";
import { withDatabase } from "../../with-database.ts";
import { findDestination } from "./find.ts";

const EXAMPLES = new URL("../../../../examples/events/", import.meta.url);

interface TestOptions extends OutputOptions {
  event?: string;
  data?: string;
}

/** `parley destinations test ID` */
export function addTestCommand(destinations: Command): void {
  destinations
    .command("test")
    .description("deliver an example at once, and show what the destination says")
    .argument("<id>", "id of the destination", wholeNumber(1))
    .option("--event <name>", "name of the event; default: the first that it wants, or chat.ended")
    .option("--data <file>", "document instead of that of examples/events; - for standard input")
    .option("--json", "print JSON")
    .action((id: number, options: TestOptions) => withDatabase((pool) => test(pool, id, options)));
}

async function test(pool: pg.Pool, id: number, options: TestOptions): Promise<void> {
  const config = loadConfig();
  const destination = await findDestination(pool, id);
  const name = options.event ?? destination.events?.[0] ?? "chat.ended";
  const data = {
    ...(options.data === undefined
      ? await exampleOf(name)
      : JSON.parse(checkedDocument(await readText(options.data, process.stdin)))),
    SiteId: destination.accountId,
  };
  const result = await deliverTest({
    pool,
    log: createLog(config.logLevel),
    adapter: makeAdapter(destination.kind, config),
    sealing: () => sealingOf(config),
    destination,
    event: { name, data },
  });
  if (result.outcome !== "delivered") process.exitCode = 1;
  const { startedAt: _, durationMs, ...said } = result;
  report(options, { ...said, durationMs }, () =>
    formatFields({
      outcome: result.outcome,
      took: `${durationMs} ms`,
      ...("receipt" in result
        ? {
            status: result.receipt?.status ?? null,
            reference: result.receipt?.reference ?? null,
            answer: result.receipt?.answer ?? result.receipt?.note ?? null,
          }
        : {}),
      ...("error" in result ? { error: `${result.error} (${result.code})` } : {}),
    }),
  );
}

async function exampleOf(event: string): Promise<object> {
  try {
    if (!/^[\w.]+$/.test(event)) throw new Error("no name of an example");
    return JSON.parse(await readFile(new URL(`${event}.json`, EXAMPLES), "utf8"));
  } catch (error) {
    throw new ParleyError("PA017", `there is no example of the event "${event}"`, {
      hint: "Give a document: --data FILE",
      cause: error,
    });
  }
}
