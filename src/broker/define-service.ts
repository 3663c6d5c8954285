import type { JobHelpers } from "graphile-worker";
import { runtimeOfJob, type WorkerRuntime } from "./runtime.ts";

export interface ServiceRuntime extends WorkerRuntime {
  /** End when there is nothing to do, instead of waiting for more. */
  readonly once: boolean;
  /** A short statement through any connection. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

export interface ServiceDefinition {
  /** Runs in each worker process that works on this queue. */
  queue: string;
  /** Ends when the runtime's signal aborts. */
  run(runtime: ServiceRuntime): Promise<void>;
}

/** A task that runs beside the readers of a queue for as long as the worker does. */
export type Service = ((payload: unknown, helpers: JobHelpers) => Promise<void>) & {
  readonly service: ServiceDefinition;
};

/** Defines what goes on in every worker process of a queue: unlike upkeep, in all of them at the same time. */
export function defineService(definition: ServiceDefinition): Service {
  return Object.assign(
    async (_payload: unknown, helpers: JobHelpers) =>
      definition.run(serviceRuntime(runtimeOfJob(helpers), { once: false })),
    { service: definition },
  );
}

export const isService = (value: unknown): value is Service =>
  typeof value === "function" && "service" in value;

export function serviceRuntime(runtime: WorkerRuntime, { once }: { once: boolean }): ServiceRuntime {
  return {
    ...runtime,
    once,
    query: (text, values) => runtime.withClient(async (client) => (await client.query(text, values)).rows),
  };
}
