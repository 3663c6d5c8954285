import type { Command } from "commander";
import type pg from "pg";
import { wholeNumber } from "../../input/whole-number.ts";
import { formatTable, type OutputOptions, report } from "../../output.ts";
import { withDatabase } from "../../with-database.ts";
import { findDestination } from "./find.ts";

interface Attempt {
  started_at: Date;
  destination: number;
  event: number;
  name: string;
  attempt: number;
  outcome: string;
  status: number | null;
  duration_ms: number;
  reference: string | null;
  error_code: string | null;
  error: string | null;
  answer: string | null;
}

interface AttemptFilters extends OutputOptions {
  event?: number;
  failed?: true;
  answers?: true;
  limit: number;
}

/** `parley destinations attempts` */
export function addAttemptsCommand(destinations: Command): void {
  destinations
    .command("attempts")
    .description("show the newest attempts, of one destination or of all")
    .argument("[id]", "id of the destination", wholeNumber(1))
    .option("--event <id>", "only those of this event", wholeNumber(1))
    .option("--failed", "only those that failed")
    .option("--answers", "show the beginning of what the destination answered, too")
    .option("--limit <number>", "at most so many", wholeNumber(1), 20)
    .option("--json", "print JSON")
    .action((id: number | undefined, options: AttemptFilters) =>
      withDatabase(async (pool) =>
        report(options, await listAttempts(pool, id, options), (rows) => describeAttempts(rows, options)),
      ),
    );
}

async function listAttempts(
  pool: pg.Pool,
  id: number | undefined,
  options: AttemptFilters,
): Promise<Attempt[]> {
  if (id !== undefined) await findDestination(pool, id);
  const { rows } = await pool.query<Attempt>(
    `select started_at, destination_id as destination, event_id::float8 as event, event_name as name, attempt, outcome::text, status,
       duration_ms, reference, error_code, error, answer
     from outbound.attempts a
     where ($1::int is null or destination_id = $1) and ($2::bigint is null or event_id = $2) and (not $3 or outcome <> 'delivered')
     order by a.id desc
     limit $4`,
    [id, options.event, options.failed ?? false, options.limit],
  );
  return rows;
}

function describeAttempts(rows: Attempt[], { answers }: { answers?: true }): string {
  return formatTable(
    rows,
    {
      "started at": (row) => row.started_at,
      destination: (row) => row.destination,
      event: (row) => row.event,
      name: (row) => row.name,
      attempt: (row) => row.attempt,
      outcome: (row) => row.outcome,
      status: (row) => row.status,
      ms: (row) => row.duration_ms,
      reference: (row) => row.reference,
      code: (row) => row.error_code,
      error: (row) => row.error,
      ...(answers ? { answer: (row: Attempt) => row.answer } : {}),
    },
    "No attempt matches.",
  );
}
