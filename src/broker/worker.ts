import { randomUUID } from "node:crypto";
import { Logger, parseCronItems, run, type Task } from "graphile-worker";
import type { Pool } from "pg";
import type { Consumer } from "./define-consumer.ts";
import type { Service } from "./define-service.ts";
import { cronOf, doUpkeep, isUpkeep } from "./define-upkeep.ts";
import { LateCommits } from "./late-commits.ts";
import { consumersOf, loadTasks, servicesOf, upkeepOf } from "./load-tasks.ts";
import type { BrokerObserver } from "./observer.ts";
import { readQueue } from "./read-queue.ts";
import { Readers } from "./readers.ts";
import { type BrokerLog, LINGER_MS, type WorkerRuntime } from "./runtime.ts";
import { runServices } from "./services.ts";
import { WakeUps } from "./wake-ups.ts";

const SPARE_JOBS = 10;

export interface WorkerOptions {
  /** Needs a connection per reader and about seven more. */
  pool: Pool;
  log: BrokerLog;
  observer: BrokerObserver;
  /** Tasks by identifier; default: the files of `workers/`. */
  tasks?: Record<string, Task>;
  /** Only these queues; default: those of all consumers. */
  queues?: string[];
  /** End when the queues are empty, instead of waiting for more. */
  once?: boolean;
}

export interface Worker {
  /** Finishes what is in hand, hands back the rest. */
  stop(): Promise<void>;
  /** Resolves when the worker has ended, by `stop` or, with `once`, by itself. */
  finished: Promise<void>;
}

/** Reads the queues of the consumers with graphile-worker, and does the broker's upkeep. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { pool, log, observer, queues, once = false } = options;
  const tasks = options.tasks ?? (await loadTasks());
  const consumers = Object.entries(consumersOf(tasks)).filter(
    ([, { definition }]) => !queues || queues.includes(definition.queue),
  );
  const services = servicesOf(tasks, queues);
  const register = registrar(pool, consumers, log);
  await register();

  const stopping = new AbortController();
  const runtime: WorkerRuntime = {
    worker: randomUUID(),
    lateCommits: new LateCommits(),
    log,
    observer,
    signal: stopping.signal,
    lingerMs: once ? 0 : LINGER_MS,
    async withClient(use) {
      const client = await pool.connect();
      let failed = true;
      try {
        const result = await use(client);
        failed = false;
        return result;
      } finally {
        client.release(failed);
      }
    },
  };
  return once
    ? drain(pool, tasks, consumers, services, runtime, stopping)
    : keepReading(pool, tasks, consumers, services, runtime, register, stopping);
}

/** Registers the consumers whose queue exists; called again and again, since queues come and go at run time. */
function registrar(pool: Pool, consumers: [string, Consumer][], log: BrokerLog): () => Promise<void> {
  let missing: string[] = [];
  return async () => {
    const { rows } = await pool.query(
      "select broker.register_consumers(queues => $1, tasks => $2) as queue",
      [consumers.map(([, { definition }]) => definition.queue), consumers.map(([task]) => task)],
    );
    const found: string[] = rows.map(({ queue }) => queue);
    for (const queue of found.filter((name) => !missing.includes(name))) {
      log.warn(
        { queue },
        "a consumer has no queue: create it with ./parley queues create, the consumer waits for it",
      );
    }
    missing = found;
  };
}

async function drain(
  pool: Pool,
  tasks: Record<string, Task>,
  consumers: [string, Consumer][],
  services: Service[],
  runtime: WorkerRuntime,
  stopping: AbortController,
): Promise<Worker> {
  await pool.query("call broker.maintain()");
  await pool.query("select * from broker.sweep()");
  const finished = Promise.all(
    (await withQueue(pool, consumers)).map(([task, { definition }]) => readQueue(definition, task, runtime)),
  ).then(async () => {
    await runServices(services, runtime, { once: true });
    for (const task of Object.values(tasks)) {
      if (isUpkeep(task) && task.upkeep.everySeconds !== undefined) await task.upkeep.run(runtime);
    }
  });
  return {
    finished,
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

async function withQueue(pool: Pool, consumers: [string, Consumer][]): Promise<[string, Consumer][]> {
  const { rows } = await pool.query("select name from broker.queues");
  const queues = new Set(rows.map(({ name }) => name));
  return consumers.filter(([, { definition }]) => queues.has(definition.queue));
}

async function keepReading(
  pool: Pool,
  tasks: Record<string, Task>,
  consumers: [string, Consumer][],
  services: Service[],
  runtime: WorkerRuntime,
  register: () => Promise<void>,
  stopping: AbortController,
): Promise<Worker> {
  const readers = new Readers(consumers, runtime);
  const upkeep = Object.fromEntries(
    Object.entries(upkeepOf(tasks)).map(([name, task]) => [
      name,
      isUpkeep(task) ? () => doUpkeep(task.upkeep, runtime) : task,
    ]),
  );
  const { rows } = await pool.query(
    "select coalesce(sum(max_readers), 0)::int as readers from broker.queues",
  );
  const runner = await run({
    pgPool: pool,
    taskList: { ...readers.tasks, ...upkeep },
    parsedCronItems: parseCronItems(
      Object.keys(upkeep).map((task) => ({
        task,
        match: cronOf(tasks[task]),
        options: { maxAttempts: 1, jobKey: task },
      })),
    ),
    // A job per reader, so that all may run, and some for the upkeep; queues made later share the spare ones.
    concurrency: rows[0].readers + SPARE_JOBS,
    pollInterval: 1_000,
    noHandleSignals: true,
    logger: graphileLogger(runtime.log),
  });
  readers.startBy(runner);
  // Cron starts it at the next full minute.
  for (const [task, definition] of Object.entries(tasks)) {
    if (isUpkeep(definition) && definition.upkeep.everySeconds !== undefined)
      await runner.addJob(task, {}, { maxAttempts: 1, jobKey: task });
  }
  const wakeUps = new WakeUps(pool, readers, register, runtime.log);
  try {
    await wakeUps.start();
  } catch (error) {
    await runner.stop();
    throw error;
  }

  const serving = runServices(services, runtime);
  const finished = runner.promise;
  return {
    finished,
    async stop() {
      stopping.abort();
      await wakeUps.stop();
      // First the readers, then graphile-worker: it would abandon jobs that take longer than it likes.
      await Promise.all([readers.ended(), serving]);
      await runner.stop().catch(() => {});
      await finished.catch(() => {});
    },
  };
}

/** graphile-worker's own log, one level down: a reader's job is not news. */
function graphileLogger(log: BrokerLog): Logger {
  return new Logger(() => (level, message, meta) => {
    const fields = { area: "graphile-worker", ...meta };
    if (level === "error") log.warn(fields, message);
    else log.debug(fields, message);
  });
}
