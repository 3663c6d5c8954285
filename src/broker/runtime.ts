import { randomUUID } from "node:crypto";
import type { JobHelpers } from "graphile-worker";
import type { PoolClient } from "pg";
import { LateCommits } from "./late-commits.ts";
import { type BrokerObserver, noObserver } from "./observer.ts";

/** Structured logging: fields first, then one line. pino fits. */
export interface BrokerLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What readers share within a worker process. */
export interface WorkerRuntime {
  /** Identifies this process: a lane left behind by another one means that one crashed. */
  readonly worker: string;
  readonly lateCommits: LateCommits;
  readonly log: BrokerLog;
  readonly observer: BrokerObserver;
  /** Aborts when readers should finish what they have in hand and end. */
  readonly signal: AbortSignal;
  /** How long an idle reader stays, so that a trickle of events does not become a trickle of jobs. */
  readonly lingerMs: number;
  /** Runs `use` with a connection of its own; a connection that failed is not used again. */
  withClient<T>(use: (client: PoolClient) => Promise<T>): Promise<T>;
}

const thisProcess = { worker: randomUUID(), lateCommits: new LateCommits() };

export const LINGER_MS = 5_000;

/** The runtime of a reader that a stock graphile-worker started: same queues, its log, no metrics. */
export function runtimeOfJob(helpers: JobHelpers): WorkerRuntime {
  return {
    ...thisProcess,
    log: {
      debug: (fields, message) => helpers.logger.debug(message, { ...fields }),
      info: (fields, message) => helpers.logger.info(message, { ...fields }),
      warn: (fields, message) => helpers.logger.warn(message, { ...fields }),
      error: (fields, message) => helpers.logger.error(message, { ...fields }),
    },
    observer: noObserver,
    signal: helpers.abortSignal,
    lingerMs: LINGER_MS,
    withClient: (use) => helpers.withPgClient(use),
  };
}
