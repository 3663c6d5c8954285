import type { ServiceRuntime } from "../broker/define-service.ts";
import { Reject } from "../broker/outcome.ts";
import type { Adapter } from "./adapter.ts";
import { type AttemptResult, startAttempt } from "./attempt.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { Clock } from "./clock.ts";
import { DestinationRun } from "./destination-run.ts";
import type { DestinationRow, DispatchSession } from "./dispatch-session.ts";
import { openDestination } from "./open-destination.ts";
import { MOST_CRASHES, type Quarantine } from "./quarantine.ts";
import type { Sealing } from "./sealing.ts";
import type { WaitingDelivery } from "./waiting-delivery.ts";

export interface OpeningParts {
  adapter: Adapter;
  runtime: ServiceRuntime;
  sealing: () => Sealing;
  clock: Clock;
  session: DispatchSession;
  budget: ByteBudget;
  quarantine: Quarantine;
}

/** Makes runs of destinations that were taken hold of, and tells of those that cannot be used as they are. */
export class Opening {
  readonly #parts: OpeningParts;
  readonly #origin: string;
  /** Something of a run ended: there is something to settle or to start. */
  readonly #changed: () => void;
  /** By revision: told once. */
  readonly #misconfigured = new Map<number, number>();

  constructor(parts: OpeningParts, origin: string, changed: () => void) {
    this.#parts = parts;
    this.#origin = origin;
    this.#changed = changed;
  }

  /** Undefined: it cannot be used until it is changed. */
  async open(row: DestinationRow): Promise<DestinationRun | undefined> {
    const { adapter, sealing, clock, session, runtime, budget, quarantine } = this.#parts;
    if (this.#misconfigured.get(row.id) === row.revision) return undefined;
    try {
      const destination = openDestination(adapter, row, sealing);
      if (row.misconfigured !== null) await session.recordMisconfiguration(row.id, null, null);
      this.#misconfigured.delete(row.id);
      return new DestinationRun(
        {
          clock,
          budget,
          quarantine,
          retryAfterSeconds: adapter.retryAfterSeconds,
          deliveryId: (eventId, destinationId) => `${this.#origin}-${eventId}-${destinationId}`,
          attempt: (delivery, to) =>
            startAttempt(
              {
                adapter: adapterFor(delivery, adapter),
                clock,
                log: runtime.log,
                query: runtime.query,
                revision: row.revision,
              },
              delivery,
              to,
            ),
          changed: this.#changed,
          ended: (delivery, result) => this.#tell(delivery, result),
        },
        row,
        destination,
      );
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code !== "PA060" && code !== "PA062") throw error;
      await this.#cannotUse(row, code, message);
      return undefined;
    }
  }

  async #cannotUse({ id, revision }: DestinationRow, code: string, message: string): Promise<void> {
    const { adapter, runtime, session } = this.#parts;
    this.#misconfigured.set(id, revision);
    runtime.log.error(
      { destination: id, kind: adapter.kind, code },
      `destination cannot be used: ${message}`,
    );
    await session.recordMisconfiguration(id, code, message);
  }

  #tell(delivery: WaitingDelivery, result: AttemptResult): void {
    if (result.outcome === "interrupted") return;
    const { kind, queue } = this.#parts.adapter;
    const { observer, log } = this.#parts.runtime;
    const { outcome, durationMs } = result;
    const { destinationId, eventId, eventName, attempt } = delivery;
    observer.attempted(kind, destinationId, outcome, durationMs / 1000);
    if (outcome === "delivered") return;
    log.warn(
      { queue, destination: destinationId, eventId, event: eventName, attempt, outcome, code: result.code },
      `delivery failed: ${result.error}`,
    );
  }
}

/** Refuses what cannot be made: it must not stay for ever. */
function adapterFor({ eventName, crashes }: WaitingDelivery, adapter: Adapter): Adapter {
  if (eventName === "") return refusing(adapter, new Reject("PA066", "its event is not in the log any more"));
  if (crashes < MOST_CRASHES) return adapter;
  return refusing(
    adapter,
    new Reject("PA021", `the worker crashed ${crashes} times while this was under way`),
  );
}

function refusing(adapter: Adapter, reason: Reject): Adapter {
  return { ...adapter, schemas: {}, deliver: () => Promise.reject(reason) };
}
