import type { Command } from "commander";
import { callBroker, databaseNow } from "../call-broker.ts";
import { parseTime, resolvePast, type TimeArgument } from "../input/time.ts";
import { countOf, type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

interface ReplayOptions extends OutputOptions {
  since: TimeArgument;
  until?: TimeArgument;
}

/** `parley replay QUEUE --since T --until T` */
export function addReplayCommand(program: Command): void {
  program
    .command("replay")
    .description("deliver the logged events of a time range to one queue once more")
    .argument("<queue>", "name of the queue")
    .requiredOption("--since <time>", "from this time on: ISO 8601, or 15m, 2h, 7d ago", parseTime)
    .option("--until <time>", "before this time; default: now", parseTime)
    .option("--json", "print JSON")
    .action((queue: string, options: ReplayOptions) =>
      withDatabase(async (pool) => {
        const now = await databaseNow(pool);
        const since = resolvePast(options.since, now);
        const until = options.until && resolvePast(options.until, now);
        const replayed = await callBroker<number>(pool, "replay", { queue, since, until });
        report(options, { queue, since, until: until ?? now, replayed }, () =>
          replayed === 0
            ? `No event of ${queue} was put in that time.`
            : `${countOf(replayed, "event")} sent to ${queue} again.`,
        );
      }),
    );
}
