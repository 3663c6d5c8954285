import type { Command } from "commander";
import pg from "pg";
import { ParleyError } from "../../errors.ts";
import { assertEvent, callBroker, databaseNow } from "../call-broker.ts";
import { checkedDocument, checkedLines } from "../input/event-data.ts";
import { readText } from "../input/read-text.ts";
import { parseTime, resolveFuture, type TimeArgument } from "../input/time.ts";
import { countOf, type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

interface PutOptions extends OutputOptions {
  key?: string;
  dedupeId?: string;
  runAt?: TimeArgument;
  lines?: true;
}

/** `parley put NAME [FILE]` */
export function addPutCommand(program: Command): void {
  program
    .command("put")
    .description("put an event, with its JSON document from a file or standard input")
    .argument("<name>", "name of the event")
    .argument("[file]", "file with the JSON document; - or nothing: standard input")
    .option(
      "--key <key>",
      "conversation group; default: the chat or site in the document",
      shortText("--key"),
    )
    .option("--dedupe-id <id>", "a second put with this id changes nothing", shortText("--dedupe-id"))
    .option("--run-at <time>", "not delivered before: ISO 8601, or 15m, 2h, 7d from now", parseTime)
    .option("--lines", "every line of the input is the document of an event of its own; all are put or none")
    .option("--json", "print JSON")
    .action(async (name: string, file: string | undefined, options: PutOptions) => {
      if (options.lines && options.dedupeId !== undefined) {
        throw new ParleyError("PA026", "--dedupe-id is of one event and cannot go with --lines");
      }
      const text = await readText(file, process.stdin);
      if (options.lines) await putLines(name, checkedLines(text), options);
      else await putOne(name, checkedDocument(text), options);
    });
}

async function putOne(name: string, data: string, options: PutOptions): Promise<void> {
  await withDatabase(async (pool) => {
    const id = await storable(async () =>
      callBroker<number>(pool, "put_event", {
        name,
        data,
        key: options.key,
        dedupe_id: options.dedupeId,
        run_at: await runAt(pool, options),
      }),
    );
    const queues = await queuesOf(pool, name);
    report(options, { id, queues }, () => `Event ${id} ${routedTo(queues)}.`);
  });
}

async function putLines(name: string, lines: string[], options: PutOptions): Promise<void> {
  await withDatabase(async (pool) => {
    await assertEvent(pool, name);
    // One statement: all or nothing, and one fan-out for all lines.
    await storable(async () =>
      pool.query(
        `insert into broker.events (name, data, key, run_at)
         select $1, line::jsonb, $3, $4 from unnest($2::text[]) with ordinality l (line, nr) order by nr`,
        [name, lines, options.key, await runAt(pool, options)],
      ),
    );
    const queues = await queuesOf(pool, name);
    report(
      options,
      { events: lines.length, queues },
      () => `${countOf(lines.length, "event")} ${routedTo(queues)}.`,
    );
  });
}

async function runAt(pool: pg.Pool, options: PutOptions): Promise<Date | undefined> {
  return options.runAt && resolveFuture(options.runAt, await databaseNow(pool));
}

/** The event's routes; undefined for a login that puts events but may not see where they go. */
async function queuesOf(pool: pg.Pool, event: string): Promise<string[] | undefined> {
  const { rows } = await pool.query<{ allowed: boolean }>(
    "select has_table_privilege('broker.t_chatserver_queue', 'select') as allowed",
  );
  if (!rows[0]!.allowed) return undefined;
  const routes = await pool.query<{ name: string }>(
    `select r.name
     from broker.t_chatserver_queue r
     join broker.t_chatserver_event e on e.id = r.event_id
     where e.name = $1
     order by r.name`,
    [event],
  );
  return routes.rows.map(({ name }) => name);
}

function routedTo(queues: string[] | undefined): string {
  if (queues === undefined) return "put";
  return queues.length > 0 ? `put, routed to ${queues.join(", ")}` : "put; no queue subscribes to it";
}

/** PostgreSQL's own limits, which few documents meet: a number's size, the nesting's depth. */
const LIMIT_CLASSES = ["22", "54"];

async function storable<Result>(put: () => Promise<Result>): Promise<Result> {
  try {
    return await put();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !LIMIT_CLASSES.includes(error.code?.slice(0, 2) ?? ""))
      throw error;
    throw new ParleyError("PA019", `PostgreSQL cannot store this document: ${error.message}`, {
      cause: error,
    });
  }
}

/** The database refuses more than 512 bytes, but would show the whole row. */
function shortText(option: string): (text: string) => string {
  return (text) => {
    if (Buffer.byteLength(text) <= 512) return text;
    throw new ParleyError("PA026", `${option} is longer than 512 bytes`);
  };
}
