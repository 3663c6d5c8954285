import type { Runner, Task } from "graphile-worker";
import type { Consumer } from "./define-consumer.ts";
import { readQueue } from "./read-queue.ts";
import type { WorkerRuntime } from "./runtime.ts";

/** After so long without its reader, a queue that was asked one for may be asked again. */
const STARTING_AT_MOST_MS = 1_000;

/** The readers of one worker process: graphile-worker jobs, one for each. */
export class Readers {
  /** By identifier: for each consumer the task whose jobs are readers of its queue. */
  readonly tasks: Record<string, Task>;
  readonly #taskOf: Map<string, string>;
  readonly #running = new Map<string, Set<Promise<void>>>();
  readonly #startingSince = new Map<string, number>();
  /** Woken while a reader ran, perhaps one that had looked for the last time. */
  readonly #wokenMeanwhile = new Set<string>();
  readonly #signal: AbortSignal;
  #runner: Runner | undefined;

  constructor(consumers: [string, Consumer][], runtime: WorkerRuntime) {
    this.#signal = runtime.signal;
    this.#taskOf = new Map(consumers.map(([task, { definition }]) => [definition.queue, task]));
    this.tasks = Object.fromEntries(
      consumers.map(([task, { definition }]) => [
        task,
        () => this.#follow(definition.queue, readQueue(definition, task, runtime)),
      ]),
    );
  }

  /** Jobs are added through this runner. */
  startBy(runner: Runner): void {
    this.#runner = runner;
  }

  /**
   * A put has met an idle queue. Every put says so until the reader is there: one job is enough, or the connections that
   * add jobs would leave none for the reader.
   */
  async wake(queue: string): Promise<void> {
    if (this.#running.get(queue)?.size) {
      this.#wokenMeanwhile.add(queue);
      return;
    }
    const starting = performance.now() - (this.#startingSince.get(queue) ?? Number.NEGATIVE_INFINITY);
    if (starting > STARTING_AT_MOST_MS) await this.start(queue, 1);
  }

  /** Starts so many readers besides those that run. A key per place: asked twice for the same reader, one job is made. */
  async start(queue: string, count: number): Promise<void> {
    const task = this.#taskOf.get(queue);
    if (!task || !this.#runner || this.#signal.aborted) return;
    this.#startingSince.set(queue, performance.now());
    for (let place = 1; place <= count; place++) {
      await this.#runner.addJob(task, { queue }, { jobKey: `${task}/${place}`, maxAttempts: 1 });
    }
  }

  /** Resolves when all have ended. */
  async ended(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].flatMap((readers) => [...readers]));
  }

  async #follow(queue: string, reader: Promise<void>): Promise<void> {
    const running = this.#running.get(queue) ?? new Set();
    this.#running.set(queue, running.add(reader));
    this.#wokenMeanwhile.delete(queue);
    try {
      await reader;
    } finally {
      running.delete(reader);
      this.#startingSince.delete(queue);
    }
    if (this.#wokenMeanwhile.delete(queue)) await this.start(queue, 1);
  }
}
