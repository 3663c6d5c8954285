import { setTimeout as sleep } from "node:timers/promises";
import { type Service, serviceRuntime } from "./define-service.ts";
import type { WorkerRuntime } from "./runtime.ts";

const RESTART_AFTER_MS = 1_000;

/** Runs the services until the worker stops; one that fails is started again. With `once` each ends by itself. */
export async function runServices(
  services: Service[],
  runtime: WorkerRuntime,
  { once = false }: { once?: boolean } = {},
): Promise<void> {
  await Promise.all(
    services.map(({ service }) =>
      once ? service.run(serviceRuntime(runtime, { once })) : keepRunning(service, runtime),
    ),
  );
}

async function keepRunning(service: Service["service"], runtime: WorkerRuntime): Promise<void> {
  while (!runtime.signal.aborted) {
    try {
      await service.run(serviceRuntime(runtime, { once: false }));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      runtime.log.error({ queue: service.queue, reason }, "a service failed, it is started again");
      await sleep(RESTART_AFTER_MS, undefined, { signal: runtime.signal }).catch(() => {});
    }
  }
}
