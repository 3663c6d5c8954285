import type { PoolClient } from "pg";
import { LateCommits } from "../../../src/broker/late-commits.ts";
import { noObserver } from "../../../src/broker/observer.ts";
import { createPool } from "../../../src/db/connect.ts";
import type { Adapter } from "../../../src/outbound/adapter.ts";
import { processBudget } from "../../../src/outbound/byte-budget.ts";
import type { Clock } from "../../../src/outbound/clock.ts";
import { Dispatcher } from "../../../src/outbound/dispatcher.ts";
import { Sealing } from "../../../src/outbound/sealing.ts";
import { silentLog } from "../../setup/worker.ts";
import type { TestAdapter } from "./http-adapter.ts";
import { KEY } from "./use-engine.ts";

/** A clock that runs so many times faster than the machine's. */
export function fastClock(factor: number): Clock {
  const startedAt = Date.now();
  const now = () => startedAt + (Date.now() - startedAt) * factor;
  return {
    now,
    date: () => new Date(now()),
    after(ms, call) {
      const timer = setTimeout(call, ms / factor);
      return () => clearTimeout(timer);
    },
  };
}

/** A dispatcher by that clock, and the database's by the same. */
export function dispatchBy(
  clock: Clock,
  url: string,
  adapter: TestAdapter,
  budget = processBudget,
): { stop(): Promise<void> } {
  const pool = createPool(url, { max: 3, applicationName: "test dispatcher" });
  const stopping = new AbortController();
  const withClient = async <T>(use: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
    const timed = async (...args: unknown[]) => {
      await query("select set_config('parley.now', $1, false)", [new Date(clock.now()).toISOString()]);
      return query(...args);
    };
    try {
      return await use(Object.assign(Object.create(client), { query: timed }));
    } finally {
      client.release(true);
    }
  };
  const dispatcher = new Dispatcher({
    adapter: adapter as Adapter,
    clock,
    budget,
    sealing: () => new Sealing(KEY),
    runtime: {
      worker: "test",
      lateCommits: new LateCommits(),
      log: silentLog,
      observer: noObserver,
      signal: stopping.signal,
      lingerMs: 0,
      once: false,
      withClient,
      query: async (text, values) => (await pool.query(text, values)).rows,
    },
  });
  const running = dispatcher.run();
  return {
    async stop() {
      stopping.abort();
      await running;
      await pool.end();
    },
  };
}
