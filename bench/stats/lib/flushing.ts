import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
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

/** Flushes each second, by what a worker runs. */
export async function startFlushing(url: string): Promise<Flushing> {
  const pool = createPool(url, { applicationName: "parley bench flush", max: 1 });
  const client = await pool.connect();
  const stopping = new AbortController();
  const log = createLog("silent");
  let round = Promise.resolve();
  const flushing = (async () => {
    while (!stopping.signal.aborted) {
      round = flush.upkeep.run({ withClient: (use) => use(client), signal: stopping.signal, log });
      await round;
      await sleep(1000, undefined, { signal: stopping.signal }).catch(() => {});
    }
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
