import type { Receipt } from "./adapter.ts";

/**
 * Thrown by an adapter: the destination as a whole does not work, be it away, overloaded or refusing our credentials. The delivery
 * keeps its attempts; the destination's circuit opens after some of these, and everything for it waits.
 */
export class DestinationDown extends Error {
  readonly code: string;
  /** When the peer asked to be called again; undefined: it did not say. */
  readonly retryAfterSeconds: number | undefined;
  readonly receipt: Receipt | undefined;
  /** It wants no calls any more, ever: it is switched off at once. */
  readonly gone: boolean;

  constructor(
    code: string,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number; receipt?: Receipt; gone?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "DestinationDown";
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.receipt = options.receipt;
    this.gone = options.gone ?? false;
  }
}
