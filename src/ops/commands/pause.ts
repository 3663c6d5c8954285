import type { Command } from "commander";
import { callBroker } from "../call-broker.ts";
import { type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

/** `parley pause QUEUE` */
export function addPauseCommand(program: Command): void {
  program
    .command("pause")
    .description("stop deliveries of a queue; messages still arrive and wait")
    .argument("<queue>", "name of the queue")
    .option("--json", "print JSON")
    .action((queue: string, options: OutputOptions) =>
      withDatabase(async (pool) => {
        const changed = await callBroker<boolean>(pool, "pause_queue", { queue });
        report(options, { queue, changed }, () =>
          changed ? `${queue} is paused.` : `${queue} was paused already.`,
        );
      }),
    );
}
