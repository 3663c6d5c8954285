import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import type pg from "pg";
import { loadConfig } from "../../config.ts";
import { ParleyError } from "../../errors.ts";
import { createLog } from "../../log.ts";
import type { Adapter } from "../../outbound/adapter.ts";
import { KINDS, makeAdapter } from "../../outbound/adapters.ts";
import { checked } from "../../outbound/open-destination.ts";
import { sealingOf } from "../../outbound/secrets-key.ts";
import { deliverTest, type StoredDestination } from "../../outbound/test-delivery.ts";
import { databaseNow } from "../call-broker.ts";
import { checkedDocument } from "../input/event-data.ts";
import { readText } from "../input/read-text.ts";
import { parseTime, resolvePast, type TimeArgument } from "../input/time.ts";
import { wholeNumber } from "../input/whole-number.ts";
import { countOf, formatFields, formatTable, type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

const EXAMPLES = new URL("../../../examples/events/", import.meta.url);

interface Changes extends OutputOptions {
  name?: string;
  settings?: string;
  secrets?: string;
  events?: string[];
  allEvents?: true;
  concurrency?: number;
  rate?: number;
  anyRate?: true;
}

interface DestinationState {
  id: number;
  account_id: number;
  kind: string;
  name: string;
  events: string[] | null;
  state: string;
  waiting: number;
  concurrency: number;
  rate_per_second: number | null;
  failing_since: Date | null;
  probe_at: Date | null;
  error_code: string | null;
  error: string | null;
}

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

/** `parley destinations`, `destinations add KIND`, `set`, `enable`, `disable`, `remove`, `test`, `attempts`, `redeliver` */
export function addDestinationsCommand(program: Command): void {
  const destinations = program
    .command("destinations")
    .description("show and set up where accounts want their events: webhooks, e-mail, tickets ...");

  destinations
    .command("list", { isDefault: true })
    .description("show how each destination is, what waits for it, and its last error")
    .option("--account <id>", "only those of this account", wholeNumber(1))
    .option("--kind <kind>", "only those of this kind")
    .option("--json", "print JSON")
    .action((options: OutputOptions & { account?: number; kind?: string }) =>
      withDatabase(async (pool) => report(options, await listStates(pool, options), describeStates)),
    );

  destinations
    .command("show")
    .description("show one destination with its settings, without its secrets")
    .argument("<id>", "id of the destination", wholeNumber(1))
    .option("--json", "print JSON")
    .action((id: number, options: OutputOptions) =>
      withDatabase(async (pool) => {
        await findDestination(pool, id);
        const [state] = await listStates(pool, { id });
        const { rows } = await pool.query(
          "select settings, secrets is not null as has_secrets from outbound.destinations where id = $1",
          [id],
        );
        report(options, { ...state, ...rows[0] }, ({ settings, events, ...rest }) =>
          [
            formatFields({ ...rest, events: events?.join(", ") ?? "all" }),
            `settings: ${JSON.stringify(settings, null, 2)}`,
          ].join("\n"),
        );
      }),
    );

  withChanges(
    destinations
      .command("add")
      .description("add a destination")
      .argument("<kind>", KINDS.join(", "))
      .requiredOption("--account <id>", "account whose events it gets", wholeNumber(1)),
  ).action((kind: string, options: Changes & { account: number }) =>
    withDatabase(async (pool) => {
      const adapter = makeAdapter(kind);
      if (options.secrets === undefined) checked(adapter.secrets, {}, `secrets of ${kind}`);
      const columns = await columnsOf(adapter, { settings: "{}", name: kind, ...options });
      await assertAccount(pool, options.account);
      const names = Object.keys(columns);
      const { rows } = await pool.query(
        `insert into outbound.destinations (account_id, kind, ${names.join(", ")})
         values ($1, $2, ${names.map((_, index) => `$${index + 3}`).join(", ")}) returning id`,
        [options.account, kind, ...Object.values(columns)],
      );
      const { id } = rows[0];
      report(options, { id }, () => `Destination ${id} is ready. Try it: ./parley destinations test ${id}`);
    }),
  );

  withChanges(
    destinations
      .command("set")
      .description("change a destination; what is not given stays")
      .argument("<id>", "id of the destination", wholeNumber(1)),
  ).action((id: number, options: Changes) =>
    withDatabase(async (pool) => {
      const { kind } = await findDestination(pool, id);
      const columns = await columnsOf(makeAdapter(kind), options);
      const names = Object.keys(columns);
      if (names.length === 0)
        throw new ParleyError("PA026", "nothing to change", { hint: "See destinations set --help." });
      await pool.query(
        `update outbound.destinations set ${names.map((name, index) => `${name} = $${index + 2}`).join(", ")} where id = $1`,
        [id, ...Object.values(columns)],
      );
      report(options, { id, changed: names }, () => `Destination ${id} has changed: ${names.join(", ")}.`);
    }),
  );

  for (const [verb, enabled, effect] of [
    ["enable", true, "gets its events; what waited is delivered"],
    ["disable", false, "gets nothing; what waits goes on waiting"],
  ] as const) {
    destinations
      .command(verb)
      .description(`from now on it ${effect}`)
      .argument("<id>", "id of the destination", wholeNumber(1))
      .option("--json", "print JSON")
      .action((id: number, options: OutputOptions) =>
        withDatabase(async (pool) => {
          await findDestination(pool, id);
          await pool.query("update outbound.destinations set enabled = $2 where id = $1", [id, enabled]);
          report(options, { id, enabled }, () => `Destination ${id} ${effect}.`);
        }),
      );
  }

  destinations
    .command("remove")
    .description("delete a destination with what waits for it and its log of attempts")
    .argument("<id>", "id of the destination", wholeNumber(1))
    .option("--json", "print JSON")
    .action((id: number, options: OutputOptions) =>
      withDatabase(async (pool) => {
        await findDestination(pool, id);
        await pool.query("delete from outbound.destinations where id = $1", [id]);
        report(options, { id, removed: true }, () => `Destination ${id} is gone.`);
      }),
    );

  destinations
    .command("test")
    .description("deliver an example at once, and show what the destination says")
    .argument("<id>", "id of the destination", wholeNumber(1))
    .option("--event <name>", "name of the event; default: the first that it wants, or chat.ended")
    .option("--data <file>", "document instead of that of examples/events; - for standard input")
    .option("--json", "print JSON")
    .action((id: number, options: OutputOptions & { event?: string; data?: string }) =>
      withDatabase((pool) => test(pool, id, options)),
    );

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

interface AttemptFilters extends OutputOptions {
  event?: number;
  failed?: true;
  answers?: true;
  limit: number;
}

function withChanges(command: Command): Command {
  return command
    .option("--name <name>", "what people call it; unique for account and kind")
    .option("--settings <json>", "its settings: JSON, or a file with it")
    .option("--secrets <file>", "file with its secrets as JSON, - for standard input; they are stored sealed")
    .option("--events <names>", "only these events, with commas between", (names) =>
      names.split(",").map((name) => name.trim()),
    )
    .option("--all-events", "all events that the queue of its kind gets")
    .option("--concurrency <number>", "most deliveries at the same time", wholeNumber(1))
    .option("--rate <number>", "most deliveries a second", positive)
    .option("--any-rate", "as fast as it can")
    .option("--json", "print JSON");
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("Give a number above 0.");
  return number;
}

/** What the options say, as columns; settings and secrets are checked by the adapter before they are written. */
async function columnsOf(adapter: Adapter, options: Changes): Promise<Record<string, unknown>> {
  const columns: Record<string, unknown> = {};
  if (options.name !== undefined) columns.name = options.name;
  if (options.settings !== undefined) {
    const settings = JSON.parse(await readSettings(options.settings));
    checked(adapter.settings, settings, `settings of ${adapter.kind}`);
    columns.settings = settings;
  }
  if (options.secrets !== undefined) {
    const secrets = JSON.parse(checkedDocument(await readText(options.secrets, process.stdin)));
    checked(adapter.secrets, secrets, `secrets of ${adapter.kind}`);
    columns.secrets = sealingOf(loadConfig()).seal(secrets);
  }
  if (options.events !== undefined) columns.events = options.events;
  if (options.allEvents) columns.events = null;
  if (options.concurrency !== undefined) columns.concurrency = options.concurrency;
  if (options.rate !== undefined) columns.rate_per_second = options.rate;
  if (options.anyRate) columns.rate_per_second = null;
  await adapter.close?.();
  return columns;
}

async function readSettings(given: string): Promise<string> {
  const isDocument = /^\s*\{/.test(given);
  return checkedDocument(
    isDocument ? { source: "--settings", text: given } : await readText(given, process.stdin),
  );
}

async function assertAccount(pool: pg.Pool, id: number): Promise<void> {
  const { rows } = await pool.query("select from chat.accounts where id = $1", [id]);
  if (rows.length > 0) return;
  throw new ParleyError("PA030", `there is no account ${id}`, {
    hint: `It is made by its first event, or by: insert into chat.accounts (id, name) values (${id}, 'Its name');`,
  });
}

async function findDestination(
  pool: pg.Pool,
  id: number,
): Promise<StoredDestination & { events: string[] | null }> {
  const { rows } = await pool.query(
    `select id, account_id::float8 as "accountId", kind, name, settings, secrets, events from outbound.destinations where id = $1`,
    [id],
  );
  if (rows[0]) return rows[0];
  throw new ParleyError("PA063", `there is no destination ${id}`, { hint: "See: ./parley destinations" });
}

async function listStates(
  pool: pg.Pool,
  { id, account, kind }: { id?: number; account?: number; kind?: string },
): Promise<DestinationState[]> {
  const { rows } = await pool.query<DestinationState>(
    `select id, account_id::float8, kind, name, events, state, waiting, concurrency, rate_per_second, failing_since, probe_at, error_code, error
     from outbound.destination_states
     where ($1::int is null or id = $1) and ($2::bigint is null or account_id = $2) and ($3::text is null or kind = $3)
     order by account_id, kind, id`,
    [id, account, kind],
  );
  return rows;
}

function describeStates(rows: DestinationState[]): string {
  return formatTable(
    rows,
    {
      id: (row) => row.id,
      account: (row) => row.account_id,
      kind: (row) => row.kind,
      name: (row) => row.name,
      state: (row) => row.state,
      waiting: (row) => row.waiting,
      "failing since": (row) => row.failing_since,
      "next probe": (row) => row.probe_at,
      code: (row) => row.error_code,
      error: (row) => row.error,
    },
    "There are no destinations. Add one: ./parley destinations add --help",
  );
}

async function test(
  pool: pg.Pool,
  id: number,
  options: OutputOptions & { event?: string; data?: string },
): Promise<void> {
  const config = loadConfig();
  const destination = await findDestination(pool, id);
  const name = options.event ?? destination.events?.[0] ?? "chat.ended";
  const data = {
    ...(options.data === undefined
      ? await exampleOf(name)
      : JSON.parse(checkedDocument(await readText(options.data, process.stdin)))),
    SiteId: destination.accountId,
  };
  const result = await deliverTest({
    pool,
    log: createLog(config.logLevel),
    adapter: makeAdapter(destination.kind, config),
    sealing: () => sealingOf(config),
    destination,
    event: { name, data },
  });
  if (result.outcome !== "delivered") process.exitCode = 1;
  const { startedAt: _, durationMs, ...said } = result;
  report(options, { ...said, durationMs }, () =>
    formatFields({
      outcome: result.outcome,
      took: `${durationMs} ms`,
      ...("receipt" in result
        ? {
            status: result.receipt?.status ?? null,
            reference: result.receipt?.reference ?? null,
            answer: result.receipt?.answer ?? null,
          }
        : {}),
      ...("error" in result ? { error: `${result.error} (${result.code})` } : {}),
    }),
  );
}

async function exampleOf(event: string): Promise<object> {
  try {
    if (!/^[\w.]+$/.test(event)) throw new Error("no name of an example");
    return JSON.parse(await readFile(new URL(`${event}.json`, EXAMPLES), "utf8"));
  } catch (error) {
    throw new ParleyError("PA017", `there is no example of the event "${event}"`, {
      hint: "Give a document: --data FILE",
      cause: error,
    });
  }
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
