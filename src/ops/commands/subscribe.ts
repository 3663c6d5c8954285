import type { Command } from "commander";
import { callBroker } from "../call-broker.ts";
import { type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

/** `parley subscribe EVENT QUEUE` */
export function addSubscribeCommand(program: Command): void {
  program
    .command("subscribe")
    .description("route an event to a queue, from the next put on")
    .argument("<event>", "name of the event")
    .argument("<queue>", "name of the queue")
    .option("--json", "print JSON")
    .action((event: string, queue: string, options: OutputOptions) =>
      withDatabase(async (pool) => {
        const changed = await callBroker<boolean>(pool, "subscribe", { event, queue });
        report(options, { event, queue, changed }, () =>
          changed ? `${queue} receives ${event} from now on.` : `${queue} received ${event} already.`,
        );
      }),
    );
}
