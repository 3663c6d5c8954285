import type { ErrorCode } from "../errors.ts";

/** Thrown by a handler: the event is invalid and no retry would help. It goes to the error queue at once. */
export class Reject extends Error {
  readonly code: string;

  constructor(code: ErrorCode | (string & {}), message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "Reject";
    this.code = code;
  }
}

/**
 * Thrown by a handler: try again after so many seconds instead of the queue's own backoff.
 * Counts as an attempt, and holds back later events of the same key like any failure.
 */
export class RetryLater extends Error {
  readonly seconds: number;

  constructor(seconds: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "RetryLater";
    this.seconds = seconds;
  }
}

/** What broker.fail is told about a message. `reject` sends it to the error queue whatever its attempts. */
export interface Failure {
  code: string;
  error: string;
  reject: boolean;
  retry_in_s?: number;
}

/** Turns whatever a handler threw into what the broker records: one line, with a code. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Reject) return { code: error.code, error: error.message, reject: true };
  const message = error instanceof Error ? error.message || error.name : String(error);
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "PA023";
  const failure: Failure = { code, error: message.split("\n", 1)[0] ?? "", reject: false };
  if (error instanceof RetryLater) return { ...failure, code: "PA023", retry_in_s: error.seconds };
  return failure;
}
