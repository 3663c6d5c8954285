import { setTimeout as sleep } from "node:timers/promises";
import type { PoolClient } from "pg";
import { isConnectionLoss } from "./connection-loss.ts";
import type { ConsumerDefinition } from "./consumer.ts";
import { DEFAULT_TIMEOUT_S } from "./handler.ts";
import { QueueSession } from "./queue-session.ts";
import { Reader } from "./reader.ts";
import type { WorkerRuntime } from "./runtime.ts";

const RECONNECT_AFTER_MS = 250;

/** Runs a reader of the consumer's queue to its end; a lost connection, or a server that restarts, only interrupts it. */
export async function readQueue(
  definition: ConsumerDefinition,
  task: string,
  runtime: WorkerRuntime,
): Promise<void> {
  while (!runtime.signal.aborted) {
    try {
      return await runtime.withClient((client) => readThrough(client, definition, task, runtime));
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      runtime.log.warn(
        { queue: definition.queue, reason: error instanceof Error ? error.message : String(error) },
        "lost the database, reading goes on when it is back",
      );
      await sleep(RECONNECT_AFTER_MS);
    }
  }
}

async function readThrough(
  client: PoolClient,
  definition: ConsumerDefinition,
  task: string,
  runtime: WorkerRuntime,
): Promise<void> {
  try {
    const queueId = await QueueSession.register(client, definition.queue, task);
    if (definition.delivery === "transactional") {
      // A query cannot be aborted by a signal, so the server ends those of a handler that is out of time.
      const timeoutMs = (definition.timeoutSeconds ?? DEFAULT_TIMEOUT_S) * 1000;
      await client.query("select set_config('statement_timeout', $1, false)", [String(timeoutMs)]);
    } else {
      // A confirm that a server crash loses means one more delivery, which calling out has to bear anyway.
      await client.query("set synchronous_commit = off");
    }
    await new Reader(definition, runtime, new QueueSession(client, queueId)).run();
  } finally {
    // For a pool that takes the connection back as it is; on a broken one there is nothing to undo.
    await client
      .query("select pg_advisory_unlock_all(); reset statement_timeout; reset synchronous_commit")
      .catch(() => {});
  }
}
