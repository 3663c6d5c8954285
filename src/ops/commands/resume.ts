import type { Command } from "commander";
import { callBroker } from "../call-broker.ts";
import { type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

/** `parley resume QUEUE` */
export function addResumeCommand(program: Command): void {
  program
    .command("resume")
    .description("go on delivering a paused queue")
    .argument("<queue>", "name of the queue")
    .option("--json", "print JSON")
    .action((queue: string, options: OutputOptions) =>
      withDatabase(async (pool) => {
        const changed = await callBroker<boolean>(pool, "resume_queue", { queue });
        report(options, { queue, changed }, () =>
          changed ? `${queue} delivers again.` : `${queue} was not paused.`,
        );
      }),
    );
}
