import { Circuit } from "./circuit.ts";
import type { Condition, DestinationRow } from "./dispatch-session.ts";

const SAVE_FAILING_EVERY_MS = 60_000;
const SAVE_AT_MOST_EVERY_MS = 5_000;

interface Failure {
  code: string;
  error: string;
}

/** How a destination is: its circuit, since when it fails, and what of that the database does not know yet. */
export class Health {
  readonly circuit: Circuit;
  readonly #id: number;
  readonly #revision: number;
  #failingSince: number | undefined;
  #error: Failure | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #mustSave: "now" | "soon" | "no" = "no";

  constructor(row: DestinationRow, now: number) {
    this.#id = row.id;
    this.#revision = row.revision;
    this.circuit = new Circuit({
      open: row.circuitOpen,
      probeAt: now + (row.probeInS ?? 0) * 1000,
      probes: row.probes,
    });
    this.#failingSince = row.failingForS === null ? undefined : now - row.failingForS * 1000;
  }

  /** The destination answered, with whatever it says about this delivery; so many it takes at the same time. */
  answered(concurrency: number): void {
    if (this.circuit.answered()) this.#mustSave = "now";
    this.circuit.forgetLimitAbove(concurrency);
  }

  works(): void {
    if (this.#failingSince === undefined) return;
    this.#failingSince = undefined;
    this.#error = undefined;
    if (this.#mustSave === "no") this.#mustSave = "soon";
  }

  fails({ code, error }: Failure, now: number): void {
    this.#error = { code, error };
    if (this.#failingSince !== undefined) return;
    this.#failingSince = now;
    if (this.#mustSave === "no") this.#mustSave = "soon";
  }

  /** The destination as a whole failed. */
  wentDown(failure: Failure & { retryAfterS: number | undefined }, now: number): void {
    this.fails(failure, now);
    if (this.circuit.wentDown(now, failure.retryAfterS)) this.#mustSave = "now";
  }

  /** How it is, if that must be written. */
  conditionToSave(now: number): Condition | undefined {
    const since = now - this.#savedAt;
    const isDue =
      this.#mustSave === "now" ||
      (this.#mustSave === "soon" && since > SAVE_AT_MOST_EVERY_MS) ||
      (this.#failingSince !== undefined && this.#error !== undefined && since > SAVE_FAILING_EVERY_MS);
    if (!isDue) return undefined;
    this.#mustSave = "no";
    this.#savedAt = now;
    const condition = this.#condition(now);
    this.#error = undefined;
    return condition;
  }

  /** How it is, before it is released. */
  lastCondition(now: number): Condition | undefined {
    return this.#mustSave === "no" && this.#error === undefined ? undefined : this.#condition(now);
  }

  #condition(now: number): Condition {
    const { open, probeAt, probes } = this.circuit.state;
    return {
      id: this.#id,
      revision: this.#revision,
      failing_for_s: this.#failingSince === undefined ? null : Math.max(0, (now - this.#failingSince) / 1000),
      code: this.#error?.code,
      error: this.#error?.error,
      circuit_open: open,
      probe_in_s: Math.max(0, (probeAt - now) / 1000),
      probes,
    };
  }
}
