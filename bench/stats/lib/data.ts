import type pg from "pg";
import { now } from "../../lib/clock.ts";
import { settle } from "../../lib/conversations.ts";
import type { Bench, Part } from "../../lib/part.ts";
import type { Database } from "../../lib/server.ts";
import { ACCOUNTS } from "../story/accounts.ts";
import { HOUR, type Moment } from "../story/action.ts";
import type { Outline } from "../story/story.ts";
import { load } from "../write/load.ts";
import { resumeStatistics } from "./triggers.ts";

/** Of size 1. */
const DIALOGS = 500_000;
const DAYS = 730;

/** Two years of accounts, summed: what every part of the suite reads and writes. */
export interface Data extends Database {
  /** The account with half of all dialogs. */
  largest: number;
  /** When the story ends. */
  until: Moment;
  /** How long it took, if it was loaded in this run. */
  loading?: Loading;
}

interface Loading {
  rows: number;
  messages: number;
  dialogs: number;
  loadS: number;
  rebuildS: number;
}

export interface StatsBench extends Bench {
  data: Data;
}

export type StatsPart = Part<StatsBench>;

/** Lends the data: those kept of an earlier run, or new ones. */
export async function withData(
  bench: Bench,
  { size, keep }: { size: number; keep: boolean },
  use: (bench: StatsBench) => Promise<void>,
): Promise<void> {
  let loading: Loading | undefined;
  const fill = async (database: Database) => {
    bench.progress(`loading ${Math.round(DIALOGS * size).toLocaleString("en")} dialogs`);
    const until = Math.floor(Date.now() / HOUR) * HOUR;
    loading = await loadAll(database, { seed: 1, dialogs: DIALOGS * size, days: DAYS, until });
    bench.progress(`loaded in ${loading.loadS.toFixed(0)} s, summed in ${loading.rebuildS.toFixed(0)} s`);
  };
  const lend = async (database: Database) => {
    await resumeStatistics(database.pool);
    // As a worker would have: of new data all days, of kept ones those that a migration has left.
    await database.pool.query("select stats.keep_handled(1000000)");
    const until = await endOfStory(database.pool);
    const data = { ...database, largest: ACCOUNTS[0]!.id, until, ...(loading && { loading }) };
    await use({ ...bench, data });
  };
  if (keep) await bench.server.withKept(`parley_bench_stats_${size}`.replaceAll(".", "_"), fill, lend);
  else {
    await bench.server.withDatabase(async (database) => {
      await fill(database);
      await lend(database);
    });
  }
}

async function loadAll({ url, pool }: Database, outline: Outline): Promise<Loading> {
  const startedAt = now();
  const rows = await load(url, outline);
  await settle(pool);
  const loadedAt = now();
  for (const { id } of ACCOUNTS) await pool.query("select stats.rebuild($1, '-infinity', 'infinity')", [id]);
  await pool.query("select stats.finish_days()");
  // Asked for when the accounts were given their hours.
  await pool.query("truncate stats.rebuilds");
  const rebuiltAt = now();
  await settle(pool);
  return {
    rows: Object.values(rows).reduce((sum, count) => sum + count),
    messages: rows.messages,
    dialogs: rows.dialogs,
    loadS: (loadedAt - startedAt) / 1000,
    rebuildS: (rebuiltAt - loadedAt) / 1000,
  };
}

/** Agents' status is told to the last day. */
async function endOfStory(pool: pg.Pool): Promise<Moment> {
  const { rows } = await pool.query<{ until: Date }>(
    "select max(changed_at) as until from chat.agent_status_changes",
  );
  return Math.ceil(rows[0]!.until.getTime() / HOUR) * HOUR;
}
