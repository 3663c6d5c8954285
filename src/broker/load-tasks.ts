import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Task } from "graphile-worker";
import { type Consumer, isConsumer } from "./define-consumer.ts";
import { isService, type Service } from "./define-service.ts";

const WORKERS = join(import.meta.dirname, "../../workers");

/** Every file below `workers/` by its task identifier, which is its path: consumers/persistence. */
export async function loadTasks(folder = WORKERS): Promise<Record<string, Task>> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".ts")).sort();
  const tasks: Record<string, Task> = {};
  for (const file of files) {
    const module: { default?: unknown } = await import(pathToFileURL(join(folder, file)).href);
    if (typeof module.default !== "function") {
      throw new Error(
        `workers/${file} must default-export a graphile-worker task, such as defineConsumer(...) returns`,
      );
    }
    tasks[file.replaceAll("\\", "/").replace(/\.ts$/, "")] = module.default as Task;
  }
  return tasks;
}

/** The consumers among the tasks. */
export function consumersOf(tasks: Record<string, Task>): Record<string, Consumer> {
  return Object.fromEntries(
    Object.entries(tasks).filter((entry): entry is [string, Consumer] => isConsumer(entry[1])),
  );
}

/** The services among the tasks, of these queues only if given. */
export function servicesOf(tasks: Record<string, Task>, queues?: string[]): Service[] {
  return Object.values(tasks).filter(
    (task): task is Service => isService(task) && (queues?.includes(task.service.queue) ?? true),
  );
}

/** The other tasks: upkeep, which a worker does once a minute, or when `defineUpkeep` says. */
export function upkeepOf(tasks: Record<string, Task>): Record<string, Task> {
  return Object.fromEntries(
    Object.entries(tasks).filter(([, task]) => !isConsumer(task) && !isService(task)),
  );
}
