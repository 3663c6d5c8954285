import type { Command } from "commander";
import { callBroker } from "../call-broker.ts";
import { type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

/** `parley unsubscribe EVENT QUEUE` */
export function addUnsubscribeCommand(program: Command): void {
  program
    .command("unsubscribe")
    .description("stop routing an event to a queue; what waits there already is still delivered")
    .argument("<event>", "name of the event")
    .argument("<queue>", "name of the queue")
    .option("--json", "print JSON")
    .action((event: string, queue: string, options: OutputOptions) =>
      withDatabase(async (pool) => {
        const changed = await callBroker<boolean>(pool, "unsubscribe", { event, queue });
        report(options, { event, queue, changed }, () =>
          changed ? `${queue} receives no more ${event}.` : `${queue} did not receive ${event}.`,
        );
      }),
    );
}
