import type { PoolClient } from "pg";
import { isConnectionLoss } from "../broker/connection-loss.ts";
import type { ServiceRuntime } from "../broker/define-service.ts";
import type { Adapter } from "./adapter.ts";
import { type ByteBudget, processBudget } from "./byte-budget.ts";
import { type Clock, systemClock } from "./clock.ts";
import { DispatchSession } from "./dispatch-session.ts";
import type { Outcome } from "./outcome.ts";
import { quarantine } from "./quarantine.ts";
import type { Sealing } from "./sealing.ts";
import { Shift } from "./shift.ts";

const RECONNECT_AFTER_MS = 250;

interface DispatcherOptions {
  adapter: Adapter;
  runtime: ServiceRuntime;
  /** Asked for when the first secrets are to be opened. */
  sealing: () => Sealing;
  clock?: Clock;
  budget?: ByteBudget;
}

/**
 * Delivers to the destinations of one kind. With the dispatchers of other processes it shares them out: a destination has one
 * dispatcher at a time, through a lock of its session. Outlives the database: what is under way when the connection is lost may be
 * delivered once more.
 */
export class Dispatcher {
  readonly #adapter: Adapter;
  readonly #runtime: ServiceRuntime;
  readonly #sealing: () => Sealing;
  readonly #clock: Clock;
  readonly #budget: ByteBudget;
  /** Delivered, and the database could not be told yet. */
  #untold: Outcome[] = [];

  constructor({ adapter, runtime, sealing, clock = systemClock, budget = processBudget }: DispatcherOptions) {
    this.#adapter = adapter;
    this.#runtime = runtime;
    this.#sealing = sealing;
    this.#clock = clock;
    this.#budget = budget;
  }

  /** Delivers until the worker stops; with `once` until nothing more can be delivered now. */
  async run(): Promise<void> {
    const { signal, log } = this.#runtime;
    try {
      for (;;) {
        try {
          await this.#runtime.withClient((client) => this.#dispatch(client));
          return;
        } catch (error) {
          if (!isConnectionLoss(error)) throw error;
          if (signal.aborted) return;
          const reason = error instanceof Error ? error.message : String(error);
          log.warn(
            { kind: this.#adapter.kind, reason },
            "lost the database, delivering goes on when it is back",
          );
          await new Promise<void>((resolve) => this.#clock.after(RECONNECT_AFTER_MS, resolve));
        }
      }
    } finally {
      await this.#adapter.close?.();
    }
  }

  async #dispatch(client: PoolClient): Promise<void> {
    const shift = new Shift({
      adapter: this.#adapter,
      runtime: this.#runtime,
      sealing: this.#sealing,
      clock: this.#clock,
      budget: this.#budget,
      quarantine,
      session: new DispatchSession(client, this.#adapter.kind),
      untold: this.#untold,
    });
    try {
      // What a server crash makes it forget is delivered once more, which calling out has to bear anyway.
      await client.query("set synchronous_commit = off");
      await shift.work();
    } finally {
      this.#untold = shift.abandon();
      // For a pool that takes the connection back as it is; on a broken one there is nothing to undo.
      await client.query("select pg_advisory_unlock_all(); reset synchronous_commit").catch(() => {});
    }
  }
}
