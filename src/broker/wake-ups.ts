import type { Pool, PoolClient } from "pg";
import { isConnectionLoss } from "./connection-loss.ts";
import type { Readers } from "./readers.ts";
import type { BrokerLog } from "./runtime.ts";

const SWEEP_EVERY_MS = 1_000;
const RECONNECT_AFTER_MS = 250;

/**
 * Internal activation, the worker's half: hears NOTIFY when a put meets an idle queue, and sweeps once a second for
 * queues with work and too few readers. Outlives the server: it reconnects, and sweeps at once when the server is back.
 */
export class WakeUps {
  readonly #pool: Pool;
  readonly #readers: Readers;
  readonly #beforeSweep: () => Promise<void>;
  readonly #log: BrokerLog;
  #client: PoolClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #sweeping: Promise<void> | undefined;

  constructor(pool: Pool, readers: Readers, beforeSweep: () => Promise<void>, log: BrokerLog) {
    this.#pool = pool;
    this.#readers = readers;
    this.#beforeSweep = beforeSweep;
    this.#log = log;
  }

  async start(): Promise<void> {
    await this.#listen();
    await this.#sweep();
    this.#sweepIn(SWEEP_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
    this.#client?.release(true);
    this.#client = undefined;
  }

  async #listen(): Promise<void> {
    const client = await this.#pool.connect();
    client.on("error", () => this.#lost(client));
    client.on("end", () => this.#lost(client));
    client.on("notification", ({ payload }) => {
      if (payload) this.#readers.wake(payload).catch((error) => this.#report(error));
    });
    try {
      await client.query("listen parley_wake");
    } catch (error) {
      client.release(true);
      throw error;
    }
    this.#client = client;
  }

  #lost(client: PoolClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.release(true);
    if (!this.#stopped) this.#sweepIn(RECONNECT_AFTER_MS);
  }

  #sweepIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#sweeping = this.#sweep()
        .then(() => this.#client !== undefined)
        .catch((error) => this.#report(error))
        .then((connected) => {
          if (!this.#stopped) this.#sweepIn(connected ? SWEEP_EVERY_MS : RECONNECT_AFTER_MS);
        });
    }, ms);
  }

  async #sweep(): Promise<void> {
    if (!this.#client) await this.#listen();
    await this.#beforeSweep();
    const { rows } = await this.#pool.query("select * from broker.sweep()");
    for (const { queue, start_readers } of rows) await this.#readers.start(queue, start_readers);
  }

  #report(error: unknown): false {
    const reason = error instanceof Error ? error.message : String(error);
    if (isConnectionLoss(error))
      this.#log.debug({ reason }, "lost the database, sweeping goes on when it is back");
    else this.#log.error({ reason }, "the sweep failed, the next one follows");
    return false;
  }
}
