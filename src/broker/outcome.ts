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

const LONGEST_CODE = 20;
const LONGEST_DELAY_S = 365 * 24 * 3600;

/** Turns whatever a handler threw into what the broker can record: one line, with a code. Never throws itself. */
export function toFailure(error: unknown): Failure {
  const { message, code } = describe(error);
  const failure: Failure = {
    code: storable(code).slice(0, LONGEST_CODE),
    error: storable(message.split("\n", 1)[0] ?? ""),
    // Invalid data stays invalid, whoever found it: a schema, the handler, or a function in SQL.
    reject: error instanceof Reject || code === "PA020",
  };
  if (error instanceof RetryLater) {
    failure.retry_in_s = Math.min(Math.max(Number(error.seconds) || 0, 0), LONGEST_DELAY_S);
  }
  return failure;
}

function describe(error: unknown): { message: string; code: string } {
  try {
    if (!(error instanceof Error)) return { message: String(error), code: "PA023" };
    const code = "code" in error && typeof error.code === "string" ? error.code : "PA023";
    // `fetch failed` alone helps nobody.
    const cause = error.cause instanceof Error ? `: ${error.cause.message || error.cause.name}` : "";
    return { message: `${error.message || error.name}${cause}`, code };
  } catch {
    return { message: "the handler threw something that cannot be shown", code: "PA023" };
  }
}

/** PostgreSQL takes neither NUL nor half of a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
