import type { Command } from "commander";
import { databaseNow } from "../../call-broker.ts";
import { parseTime, resolvePast, type TimeArgument } from "../../input/time.ts";
import { wholeNumber } from "../../input/whole-number.ts";
import { countOf, type OutputOptions, report } from "../../output.ts";
import { withDatabase } from "../../with-database.ts";

/** `parley destinations redeliver ID` */
export function addRedeliverCommand(destinations: Command): void {
  destinations
    .command("redeliver")
    .description("deliver one event, or those of a time range, to a destination once more")
    .argument("<id>", "id of the destination", wholeNumber(1))
    .option("--event <id>", "this event", wholeNumber(1))
    .option("--since <time>", "events put from this time on: ISO 8601, or 15m, 2h, 7d ago", parseTime)
    .option("--until <time>", "and before this time; default: now", parseTime)
    .option("--json", "print JSON")
    .action(
      (id: number, options: OutputOptions & { event?: number; since?: TimeArgument; until?: TimeArgument }) =>
        withDatabase(async (pool) => {
          const now = await databaseNow(pool);
          const { rows } = await pool.query(
            "select outbound.redeliver(destination_id => $1, event_id => $2, since => $3, until => $4)::float8 as count",
            [
              id,
              options.event,
              options.since && resolvePast(options.since, now),
              options.until && resolvePast(options.until, now),
            ],
          );
          const { count } = rows[0];
          report(options, { id, redelivered: count }, () =>
            count === 0
              ? "Nothing to deliver that does not wait already."
              : `${countOf(count, "event")} on the way to destination ${id}.`,
          );
        }),
    );
}
