import type pg from "pg";
import { HOUR, type Moment } from "../action.ts";
import type { Script } from "../script.ts";
import { perform } from "./perform.ts";
import { findAccount, findPlaces, furnish, makeAccount } from "./places.ts";
import { findProgress, NOTHING } from "./progress.ts";
import { inTransaction, transactions } from "./transactions.ts";

export interface WrittenHour {
  account: number;
  from: Date;
  until: Date;
  /** Actions of the script that were there before this run, and those that are there now. */
  before: number;
  after: number;
}

interface Options {
  /** When the hour ends, should it not be there already. */
  until: Date;
  /** Once it is aborted no further transaction begins. */
  signal: AbortSignal;
  onProgress(done: number, of: number): void;
}

/** One run at a time: a second one would find half an hour and go on with it. */
const ONE_RUN = [1_346_458_196, 0];

/**
 * Writes the script, or what is missing of it, as a chat server would have done in that hour: its clock is the script's.
 * What is committed stays consistent wherever this ends.
 */
export async function writeHour(
  client: pg.ClientBase,
  script: Script,
  options: Options,
): Promise<WrittenHour> {
  await client.query("select pg_advisory_lock($1, $2)", ONE_RUN);
  try {
    return await write(client, script, options);
  } finally {
    // A connection that was lost holds it no longer.
    await client.query("select pg_advisory_unlock($1, $2)", ONE_RUN).catch(() => {});
  }
}

async function write(client: pg.ClientBase, script: Script, options: Options): Promise<WrittenHour> {
  const { actions, people, hour } = script;
  const known = await findAccount(client);
  const progress = known === undefined ? NOTHING : await findProgress(client, known, script);
  const { done: before, until = options.until } = progress;
  const start = until.getTime() - HOUR;
  const timeOf = (at: Moment) => new Date(start + at).toISOString();
  const written = { from: new Date(start), until, before };
  if (known !== undefined && before === actions.length) return { ...written, account: known, after: before };

  options.onProgress(before, actions.length);
  const account = await inTransaction(client, async () => {
    await client.query("select set_config('parley.now', $1, true)", [timeOf(0)]);
    const id = known ?? (await makeAccount(client));
    await furnish(client, id, people);
    return id;
  });
  const places = await findPlaces(client, account, hour);
  let after = before;
  for (const transaction of transactions(actions.slice(before))) {
    if (options.signal.aborted) break;
    await inTransaction(client, async () => {
      for (const action of transaction) await perform(action, { client, places, timeOf });
    });
    after += transaction.length;
    options.onProgress(after, actions.length);
  }
  return { ...written, account, after };
}
