import { defineService, type Service } from "../broker/define-service.ts";
import { loadConfig } from "../config.ts";
import type { Adapter } from "./adapter.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Sealing } from "./sealing.ts";
import { sealingOf } from "./secrets-key.ts";

/** Delivers to the destinations of the adapter's kind in each worker process that works on its queue. */
export function defineDispatcher(
  adapter: Adapter,
  sealing: () => Sealing = () => sealingOf(loadConfig()),
): Service {
  return defineService({
    queue: adapter.queue,
    run: (runtime) => new Dispatcher({ adapter, runtime, sealing }).run(),
  });
}
