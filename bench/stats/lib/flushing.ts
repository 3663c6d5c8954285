import type pg from "pg";
import { doUpkeep, type UpkeepRuntime } from "../../../src/broker/define-upkeep.ts";
import { createPool } from "../../../src/db/connect.ts";
import { createLog } from "../../../src/log.ts";
import flush from "../../../workers/stats/flush.ts";

/** Sums all that is stale. Returns how many dialogs that were. */
export async function flushAll(client: pg.ClientBase | pg.Pool): Promise<number> {
  let flushed = 0;
  for (;;) {
    const { rows } = await client.query<{ dialogs: number }>("select stats.flush() as dialogs");
    if (rows[0]!.dialogs === 0) return flushed;
    flushed += rows[0]!.dialogs;
  }
}

export interface Flushing {
  /** Waits until nothing is stale. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** Flushes as a worker does. */
export async function startFlushing(url: string): Promise<Flushing> {
  const pool = createPool(url, { applicationName: "parley bench flush", max: 1 });
  const client = await pool.connect();
  const stopping = new AbortController();
  const { signal } = stopping;
  let round: Promise<unknown> = Promise.resolve();
  const runtime: UpkeepRuntime = {
    withClient: (use) => {
      const used = use(client);
      round = Promise.allSettled([used]);
      return used;
    },
    signal,
    log: createLog("silent"),
  };
  const flushing = (async () => {
    // A job of a worker ends with the minute, and the next one begins.
    while (!signal.aborted) await doUpkeep(flush.upkeep, runtime);
  })();
  // Said again by whoever waits for it.
  flushing.catch(() => {});
  return {
    async drain() {
      await round;
      // One at a time: this waits for its turn on the connection.
      await flushAll(client);
    },
    async stop() {
      stopping.abort();
      await flushing;
      client.release();
      await pool.end();
    },
  };
}
