import type { Command } from "commander";
import { assertEvent, databaseNow } from "../call-broker.ts";
import { parseTime, resolvePast, type TimeArgument } from "../input/time.ts";
import { wholeNumber } from "../input/whole-number.ts";
import { type Cell, formatTable, type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

interface EventsOptions extends OutputOptions {
  name?: string;
  key?: string;
  since?: TimeArgument;
  limit: number;
  data?: true;
}

interface LoggedEvent {
  id: number;
  put_at: Date;
  run_at: Date | null;
  name: string;
  key: string | null;
  bytes: number;
  data?: unknown;
}

/** `parley events` */
export function addEventsCommand(program: Command): void {
  program
    .command("events")
    .description("show the newest events of the log, without their data unless asked")
    .option("--name <event>", "only events of this name")
    .option("--key <key>", "only events of this key, such as a chat's id")
    .option("--since <time>", "only events put since: ISO 8601, or 15m, 2h, 7d ago", parseTime)
    .option("--limit <number>", "at most so many", wholeNumber(1), 20)
    .option("--data", "print the data too, which may be personal")
    .option("--json", "print JSON")
    .action((options: EventsOptions) =>
      withDatabase(async (pool) => {
        if (options.name !== undefined) await assertEvent(pool, options.name);
        const since = options.since && resolvePast(options.since, await databaseNow(pool));
        const { rows } = await pool.query<LoggedEvent>(
          `select id, put_at, run_at, name, coalesce(key, broker.conversation_group(data)) as key,
           pg_column_size(data) as bytes ${options.data ? ", data" : ""}
         from broker.events
         where ($1::text is null or name = $1)
           and ($2::text is null or coalesce(key, broker.conversation_group(data)) = $2)
           and ($3::timestamptz is null or put_at >= $3)
         order by id desc
         limit $4`,
          [options.name, options.key, since, options.limit],
        );
        report(options, rows, describeEvents);
      }),
    );
}

function describeEvents(rows: LoggedEvent[]): string {
  const columns: Record<string, (row: LoggedEvent) => Cell> = {
    id: (row) => row.id,
    "put at": (row) => row.put_at,
    name: (row) => row.name,
    key: (row) => row.key,
    bytes: (row) => row.bytes,
  };
  if (rows.some((row) => row.run_at)) columns["not before"] = (row) => row.run_at;
  if (rows.some((row) => "data" in row)) columns.data = (row) => JSON.stringify(row.data);
  return formatTable(rows, columns, "No event matches.");
}
