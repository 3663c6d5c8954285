import type { Command } from "commander";
import { callBroker } from "../call-broker.ts";
import { wholeNumber } from "../input/whole-number.ts";
import { formatAge, formatTable, type OutputOptions, report } from "../output.ts";
import { refuseUnknownCommands } from "../unknown-commands.ts";
import { withDatabase } from "../with-database.ts";

interface QueueStatus {
  queue: string;
  enabled: boolean;
  waiting: number;
  delayed: number;
  errors: number;
  oldest_age_s: number | null;
  readers: number;
  delivered_total: number;
  retried_total: number;
  rejected_total: number;
  delivered_per_minute: number;
}

interface CreateOptions extends OutputOptions {
  lanes?: number;
  maxReaders?: number;
  messagesPerReader?: number;
  maxAttempts?: number;
}

interface DropOptions extends OutputOptions {
  force?: boolean;
}

/** `parley queues`, `parley queues create NAME`, `parley queues drop NAME` */
export function addQueuesCommand(program: Command): void {
  const queues = program.command("queues").description("show, create and drop queues");

  const list = queues
    .command("list", { isDefault: true })
    .description("show depth, oldest age, readers, throughput and errors of every queue")
    .option("--json", "print JSON")
    .action((options: OutputOptions) =>
      withDatabase(async (pool) => {
        const { rows } = await pool.query<QueueStatus>(
          `select queue, enabled, waiting, delayed, errors, oldest_age_s::float8, readers, delivered_total,
           retried_total, rejected_total, delivered_per_minute
         from broker.queue_status`,
        );
        report(options, rows, describeQueues);
      }),
    );
  refuseUnknownCommands(queues, list);

  queues
    .command("create")
    .description("create a queue; it receives nothing until an event is subscribed")
    .argument("<name>", "a letter, then letters, digits, '.', '_' or '-'; at most 50 characters")
    .option(
      "--lanes <number>",
      "how many keys at most are delivered in parallel; never changes",
      wholeNumber(1),
    )
    .option("--max-readers <number>", "most readers at once", wholeNumber(1))
    .option("--messages-per-reader <number>", "one more reader for so many waiting messages", wholeNumber(1))
    .option("--max-attempts <number>", "failed attempts before the error queue", wholeNumber(1))
    .option("--json", "print JSON")
    .action((name: string, options: CreateOptions) =>
      withDatabase(async (pool) => {
        const id = await callBroker<number>(pool, "create_queue", {
          name,
          lanes: options.lanes,
          max_readers: options.maxReaders,
          messages_per_reader: options.messagesPerReader,
          max_attempts: options.maxAttempts,
        });
        report(
          options,
          { queue: name, id },
          () => `${name} is ready. Route events to it with: ./parley subscribe EVENT ${name}`,
        );
      }),
    );

  queues
    .command("drop")
    .description("drop a queue and its routes; refuses one that holds messages or errors")
    .argument("<name>", "name of the queue")
    .option("--force", "drop it with all it holds")
    .option("--json", "print JSON")
    .action((name: string, options: DropOptions) =>
      withDatabase(async (pool) => {
        await callBroker<void>(pool, "drop_queue", { name, force: options.force });
        report(options, { queue: name, dropped: true }, () => `${name} is gone.`);
      }),
    );
}

function describeQueues(rows: QueueStatus[]): string {
  return formatTable(
    rows,
    {
      queue: (row) => row.queue,
      state: (row) => (row.enabled ? "on" : "paused"),
      waiting: (row) => row.waiting,
      oldest: (row) => formatAge(row.oldest_age_s),
      delayed: (row) => row.delayed,
      errors: (row) => row.errors,
      readers: (row) => row.readers,
      delivered: (row) => row.delivered_total,
      "per minute": (row) => row.delivered_per_minute,
      retried: (row) => row.retried_total,
      rejected: (row) => row.rejected_total,
    },
    "There are no queues.",
  );
}
