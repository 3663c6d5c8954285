import type { Command } from "commander";
import type pg from "pg";
import { isConnectionLoss } from "../../broker/connection-loss.ts";
import { ParleyError } from "../../errors.ts";
import { databaseNow } from "../call-broker.ts";
import { ACCOUNT } from "../demo/cast.ts";
import { createProgressBar, noProgressBar } from "../demo/progress-bar.ts";
import { type Script, writeScript } from "../demo/script.ts";
import { describeSummary, type Summary, whereToLook } from "../demo/summary.ts";
import { countHour, findRichest } from "../demo/write/count.ts";
import { type WrittenHour, writeHour } from "../demo/write/hour.ts";
import { parseTime, resolvePast, type TimeArgument } from "../input/time.ts";
import { wholeNumber } from "../input/whole-number.ts";
import { type OutputOptions, report } from "../output.ts";
import { withDatabase } from "../with-database.ts";

/** Some minutes of writing. */
const MOST_CONVERSATIONS = 10_000;

interface DemoOptions extends OutputOptions {
  conversations: number;
  seed: number;
  until?: TimeArgument;
}

/** `parley demo` */
export function addDemoCommand(program: Command): void {
  program
    .command("demo")
    .description(`write a busy hour of a small support team into an account of its own, "${ACCOUNT}"`)
    .option(
      "--conversations <number>",
      `how many conversations, up to ${MOST_CONVERSATIONS}`,
      wholeNumber(1, MOST_CONVERSATIONS),
      120,
    )
    .option(
      "--seed <number>",
      "another seed is another hour; the same one changes nothing",
      wholeNumber(0),
      1,
    )
    .option("--until <time>", "when the hour ends: ISO 8601, or 15m, 2h, 7d ago; default: now", parseTime)
    .option("--json", "print JSON")
    .action((options: DemoOptions) =>
      withDatabase(async (pool) => {
        const until = await endOfHour(pool, options.until);
        const script = writeScript(options.seed, options.conversations);
        const client = await pool.connect();
        try {
          const hour = await untilInterrupted((signal) =>
            writeWithBar(client, script, until, options, signal),
          );
          const summary = await summarise(client, script, hour, options.seed);
          report(options, summary, describeSummary);
          if (summary.outcome === "interrupted") process.exitCode = 1;
        } catch (error) {
          throw isConnectionLoss(error) ? explainLoss(error as Error) : error;
        } finally {
          client.release();
        }
      }),
    );
}

async function endOfHour(pool: pg.Pool, given: TimeArgument | undefined): Promise<Date> {
  const now = await databaseNow(pool);
  const until = given ? resolvePast(given, now) : now;
  if (until <= now) return until;
  throw new ParleyError(
    "PA026",
    `--until ${until.toISOString()} lies ahead: what has not happened cannot be written`,
  );
}

async function writeWithBar(
  client: pg.ClientBase,
  script: Script,
  until: Date,
  { json }: OutputOptions,
  signal: AbortSignal,
): Promise<WrittenHour> {
  const bar = json ? noProgressBar : createProgressBar("Writing the hour");
  try {
    return await writeHour(client, script, { until, signal, onProgress: bar.show });
  } finally {
    bar.end();
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ctrl-C, which may come twice, lets the transaction in hand end: what is there can be completed later. */
async function untilInterrupted<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  for (const name of SIGNALS) process.on(name, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
  }
}

function explainLoss(error: Error): ParleyError {
  return new ParleyError("PA012", `the database server was lost: ${error.message}`, {
    hint: "Run the same command again once it is back: that completes the hour.",
    cause: error,
  });
}

async function summarise(
  client: pg.ClientBase,
  { hour, actions }: Script,
  { account, from, until, before, after }: WrittenHour,
  seed: number,
): Promise<Summary> {
  const put: Record<string, number> = {};
  for (const action of actions.slice(0, after)) {
    if (action.do === "put") put[action.event] = (put[action.event] ?? 0) + 1;
  }
  return {
    account: { id: account, name: ACCOUNT },
    seed,
    from,
    until,
    outcome: outcomeOf(before, after, actions.length),
    inTables: await countHour(client, account, hour),
    put,
    look: whereToLook(account, await findRichest(client, account, hour)),
  };
}

function outcomeOf(before: number, after: number, all: number): Summary["outcome"] {
  if (after < all) return "interrupted";
  if (before === all) return "there already";
  return before === 0 ? "written" : "completed";
}
