import type { Command } from "commander";
import type pg from "pg";
import { ParleyError } from "../../errors.ts";
import { assertQueue, callBroker } from "../call-broker.ts";
import { wholeNumber, wholeNumbers } from "../input/whole-number.ts";
import { countOf, formatFields, formatTable, type OutputOptions, report } from "../output.ts";
import { refuseUnknownCommands } from "../unknown-commands.ts";
import { withDatabase } from "../with-database.ts";

interface Filters extends OutputOptions {
  id?: number[];
  queue?: string;
  code?: string;
}

interface ErrorMessage {
  id: number;
  queue: string;
  event_id: number;
  event_name: string;
  key: string | null;
  put_at: Date;
  failed_at: Date;
  attempts: number;
  error_code: string;
  error: string;
  data?: unknown;
}

const FROM_ERRORS = `select e.id, q.name as queue, e.event_id, e.event_name, e.key, e.put_at, e.failed_at, e.attempts,
    e.error_code, e.error`;

/** `parley errors`, `errors show ID`, `errors redrive`, `errors discard` */
export function addErrorsCommand(program: Command): void {
  const errors = program
    .command("errors")
    .description("show, redrive and discard messages of the error queue");

  const list = withFilters(errors.command("list", { isDefault: true }))
    .description("show the newest messages of the error queue")
    .option("--limit <number>", "at most so many", wholeNumber(1), 20)
    .action((options: Filters & { limit: number }) =>
      withDatabase(async (pool) => report(options, await listErrors(pool, options), describeErrors)),
    );
  refuseUnknownCommands(errors, list);

  errors
    .command("show")
    .description("show one message of the error queue, without its data unless asked")
    .argument("<id>", "id of the error message", wholeNumber(1))
    .option("--data", "print the data too, which may be personal")
    .option("--json", "print JSON")
    .action((id: number, options: OutputOptions & { data?: true }) =>
      withDatabase(async (pool) => report(options, await findError(pool, id, options.data), describeError)),
    );

  withFilters(errors.command("redrive"))
    .description("send messages back to the end of their queue, with all their attempts")
    .action((options: Filters) => settle("redrive", "redriven", options));

  withFilters(errors.command("discard"))
    .description("delete messages for good")
    .action((options: Filters) => settle("discard", "discarded", options));
}

function withFilters(command: Command): Command {
  return command
    .option("--id <ids...>", "only these error messages", wholeNumbers(1))
    .option("--queue <queue>", "only those of this queue")
    .option("--code <code>", "only those with this error code, such as PA020")
    .option("--json", "print JSON");
}

async function settle(action: "redrive" | "discard", done: string, options: Filters): Promise<void> {
  const filters = { ids: options.id, queue: options.queue, error_code: options.code };
  if (Object.values(filters).every((filter) => filter === undefined)) {
    throw new ParleyError("PA026", `errors ${action} needs --id, --queue or --code`, {
      hint: `List them first: ./parley errors list`,
    });
  }
  await withDatabase(async (pool) => {
    const count = await callBroker<number>(pool, action, filters);
    report(options, { [done]: count }, () =>
      count === 0 ? "No message matches." : `${countOf(count, "message")} ${done}.`,
    );
  });
}

async function listErrors(pool: pg.Pool, options: Filters & { limit: number }): Promise<ErrorMessage[]> {
  if (options.queue !== undefined) await assertQueue(pool, options.queue);
  const { rows } = await pool.query<ErrorMessage>(
    `${FROM_ERRORS}
     from broker.error_messages e
     join broker.queues q on q.id = e.queue_id
     where ($1::bigint[] is null or e.id = any ($1))
       and ($2::text is null or q.name = $2)
       and ($3::text is null or e.error_code = $3)
     order by e.id desc
     limit $4`,
    [options.id, options.queue, options.code, options.limit],
  );
  return rows;
}

async function findError(pool: pg.Pool, id: number, withData: boolean | undefined): Promise<ErrorMessage> {
  const { rows } = await pool.query<ErrorMessage>(
    `${FROM_ERRORS} ${withData ? ", e.data" : ""}
     from broker.error_messages e
     join broker.queues q on q.id = e.queue_id
     where e.id = $1`,
    [id],
  );
  if (rows[0]) return rows[0];
  throw new ParleyError("PA007", `there is no error message ${id}`, {
    hint: "It may have been redriven or discarded. See: ./parley errors list",
  });
}

function describeErrors(rows: ErrorMessage[]): string {
  return formatTable(
    rows,
    {
      id: (row) => row.id,
      queue: (row) => row.queue,
      event: (row) => row.event_id,
      name: (row) => row.event_name,
      "failed at": (row) => row.failed_at,
      attempts: (row) => row.attempts,
      code: (row) => row.error_code,
      error: (row) => row.error,
    },
    "No message in the error queue matches.",
  );
}

function describeError(row: ErrorMessage): string {
  const fields = formatFields({
    id: row.id,
    queue: row.queue,
    event: `${row.event_id} ${row.event_name}`,
    key: row.key,
    "put at": row.put_at,
    "failed at": row.failed_at,
    attempts: row.attempts,
    code: row.error_code,
    error: row.error,
  });
  return "data" in row ? `${fields}\n${JSON.stringify(row.data, null, 2)}` : fields;
}
