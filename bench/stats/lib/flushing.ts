import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { connect } from "../../../src/db/connect.ts";

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

/** Flushes each second, as a worker does. */
export async function startFlushing(url: string): Promise<Flushing> {
  const client = await connect(url, "parley bench flush");
  const stopping = new AbortController();
  let round = Promise.resolve(0);
  const flushing = (async () => {
    while (!stopping.signal.aborted) {
      round = flushAll(client);
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
      await client.end();
    },
  };
}
