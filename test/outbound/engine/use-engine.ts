import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { afterEach } from "vitest";
import { noObserver } from "../../../src/broker/observer.ts";
import type { BrokerLog } from "../../../src/broker/runtime.ts";
import { startWorker, type Worker } from "../../../src/broker/worker.ts";
import { createPool } from "../../../src/db/connect.ts";
import type { Adapter } from "../../../src/outbound/adapter.ts";
import { defineAcceptingConsumer } from "../../../src/outbound/define-accepting-consumer.ts";
import { defineDispatcher } from "../../../src/outbound/define-dispatcher.ts";
import { type SealedFor, Sealing } from "../../../src/outbound/sealing.ts";
import { type TestDatabase, useDatabase } from "../../setup/database.ts";
import { until } from "../../setup/until.ts";
import { silentLog } from "../../setup/worker.ts";
import { httpAdapter, type TestAdapter } from "./http-adapter.ts";

export const KEY = randomBytes(32).toString("base64");

export interface DestinationOptions {
  account?: number;
  url?: string;
  name?: string;
  events?: string[];
  concurrency?: number;
  rate?: number;
  enabled?: boolean;
  secrets?: (destination: SealedFor) => string;
  settings?: object;
}

export interface WorkerOptions {
  adapter?: TestAdapter;
  log?: BrokerLog;
  sealing?: () => Sealing;
  once?: boolean;
}

export interface Engine {
  readonly database: TestDatabase;
  readonly pool: Pool;
  /** Starts a worker with the consumer of webhooks and its dispatcher; it ends with the test. */
  work(options?: WorkerOptions): Promise<{ stop(): Promise<void> }>;
  /** All that can be done now: `parley work --once`. */
  drain(options?: WorkerOptions): Promise<void>;
  destination(options?: DestinationOptions): Promise<number>;
  /** Puts so many events of an account, numbered from 0 or `from`; `keyOf` names the conversation of each. */
  put(
    count: number,
    options?: { account?: number; keyOf?: (n: number) => string | null; name?: string; from?: number },
  ): Promise<number[]>;
  /** Waits until no delivery waits, but for those in the error queue. */
  untilDelivered(timeoutMs?: number): Promise<void>;
  one<Row>(text: string, values?: unknown[]): Promise<Row>;
}

/** Call at file level: a database of the file's own, emptied of deliveries after each test. */
export function useEngine(): Engine {
  const database = useDatabase();
  const running = new Set<{ worker: Worker; pool: Pool }>();

  async function stop(started: { worker: Worker; pool: Pool }): Promise<void> {
    if (!running.delete(started)) return;
    await started.worker.stop();
    await started.pool.end();
  }

  afterEach(async () => {
    await Promise.all([...running].map(stop));
    await database.pool.query(
      "delete from outbound.destinations; delete from broker.error_messages; delete from broker.delayed_messages; delete from broker.messages",
    );
  });

  function start({
    adapter = httpAdapter(),
    log = silentLog,
    sealing = () => new Sealing(KEY),
    once = false,
  }: WorkerOptions) {
    const pool = createPool(database.url, { max: 20, applicationName: "test worker" });
    const tasks = {
      accept: defineAcceptingConsumer(adapter.kind, adapter.queue),
      dispatch: defineDispatcher(adapter as Adapter, sealing),
    };
    return {
      pool,
      starting: startWorker({ pool, log, observer: noObserver, tasks, queues: [adapter.queue], once }),
    };
  }

  const engine: Engine = {
    database,
    get pool() {
      return database.pool;
    },
    async work(options = {}) {
      const { pool, starting } = start(options);
      const started = { worker: await starting, pool };
      running.add(started);
      return { stop: () => stop(started) };
    },
    async drain(options = {}) {
      const { pool, starting } = start({ ...options, once: true });
      try {
        await (await starting).finished;
      } finally {
        await pool.end();
      }
    },
    async destination({
      account = 1,
      url = "http://127.0.0.1:1/",
      name,
      events,
      concurrency = 10,
      rate,
      enabled = true,
      secrets,
      settings,
    } = {}) {
      await database.pool.query(
        "insert into chat.accounts (id, name) values ($1, 'An account') on conflict do nothing",
        [account],
      );
      const { id } = await engine.one<{ id: number }>("select outbound.new_destination_id() as id");
      await database.pool.query(
        `insert into outbound.destinations
           (id, account_id, kind, name, events, settings, concurrency, rate_per_second, enabled, secrets)
         overriding system value
         values ($1, $2, 'webhook', coalesce($3, gen_random_uuid()::text), $4, $5, $6, $7, $8, $9)`,
        [
          id,
          account,
          name,
          events,
          settings ?? { url },
          concurrency,
          rate,
          enabled,
          secrets?.({ id, accountId: account }),
        ],
      );
      return id;
    },
    async put(count, { account = 1, keyOf = () => null, name = "chat.started", from = 0 } = {}) {
      const numbers = Array.from({ length: count }, (_, n) => from + n);
      const { rows } = await database.pool.query(
        `insert into broker.events (name, data, key)
         select $1, jsonb_build_object('SiteId', $2::int, 'n', n), coalesce(key, 'k' || n || '-' || gen_random_uuid())
         from unnest($3::int[], $4::text[]) as u (n, key) order by n
         returning id::float8`,
        [name, account, numbers, numbers.map(keyOf)],
      );
      return rows.map(({ id }) => id);
    },
    untilDelivered: (timeoutMs) =>
      until(
        "every delivery is made or in the error queue",
        async () =>
          (
            await engine.one<{ done: boolean }>(
              `select not exists (select from broker."WebHookQueue") and not exists (select from broker.delayed_messages)
                 and not exists (select from outbound.deliveries where state <> 'rejected') as done`,
            )
          ).done,
        timeoutMs,
      ),
    async one(text, values) {
      return (await database.pool.query(text, values)).rows[0];
    },
  };
  return engine;
}
