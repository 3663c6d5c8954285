import { z } from "zod";
import { Reject } from "../broker/outcome.ts";
import type { BrokerLog } from "../broker/runtime.ts";
import type { Adapter, AttemptContext, Delivery, Destination, Receipt } from "./adapter.ts";
import type { Clock } from "./clock.ts";
import { DestinationDown } from "./destination-down.ts";

const LONGEST_ANSWER_BYTES = 1024;
const LONGEST_CODE = 20;
const LONGEST_ERROR = 2000;

/** How an attempt ended. `interrupted`: we called it off, and whether the peer took the delivery is not known. */
export type AttemptResult = { startedAt: Date; durationMs: number } & (
  | { outcome: "delivered"; receipt: Receipt }
  | { outcome: "rejected" | "failed"; code: string; error: string; receipt?: Receipt | undefined }
  | {
      outcome: "down";
      code: string;
      error: string;
      receipt?: Receipt | undefined;
      retryAfterS: number | undefined;
    }
  | { outcome: "interrupted" }
);

interface AttemptParts {
  adapter: Adapter;
  clock: Clock;
  log: BrokerLog;
  query: AttemptContext["query"];
  /** Of the destination's settings, which the peer's answer is about. */
  revision: number;
}

/** One attempt under way. */
export interface Attempt {
  result: Promise<AttemptResult>;
  /** Calls it off: the result is `interrupted`, unless the adapter finishes all the same. */
  abort(): void;
}

/** Has the adapter deliver, within its time. Never rejects. */
export function startAttempt(
  parts: AttemptParts,
  delivery: Delivery,
  destination: Destination<unknown, unknown>,
): Attempt {
  const { adapter, clock } = parts;
  const controller = new AbortController();
  const startedAt = clock.date();
  const start = clock.now();
  const { timeoutSeconds } = adapter;
  let isAborted = false;
  let giveUp: (error: Error) => void = () => {};
  // An adapter that does not listen to the signal must not hold its destination for ever.
  const overdue = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  overdue.catch(() => {});
  const callOff = clock.after(timeoutSeconds * 1000, () => {
    const error = new DestinationDown("PA064", `no answer within ${timeoutSeconds} s`);
    controller.abort(error);
    giveUp(error);
  });

  async function run(): Promise<AttemptResult> {
    try {
      const data = parse(adapter, delivery);
      const receipt = await Promise.race([
        adapter.deliver({ ...delivery, data }, destination, {
          signal: controller.signal,
          log: parts.log,
          query: parts.query,
        }),
        overdue,
      ]);
      return { outcome: "delivered", receipt: storableReceipt(receipt), ...measured() };
    } catch (error) {
      if (isAborted) return { outcome: "interrupted", ...measured() };
      // What an aborted call throws says less than why it was aborted.
      const reason = controller.signal.aborted ? controller.signal.reason : error;
      if (reason instanceof DestinationDown && reason.gone)
        await switchOff(parts, destination.id, reason.message);
      return { ...toFailure(reason), ...measured() };
    } finally {
      callOff();
    }
  }

  function measured() {
    return { startedAt, durationMs: Math.round(clock.now() - start) };
  }

  return {
    result: run(),
    abort() {
      isAborted = true;
      const error = new Error("the worker is shutting down");
      controller.abort(error);
      giveUp(error);
    },
  };
}

/** Whoever wants its deliveries again enables it. If this fails, the next attempt finds out again. */
async function switchOff(
  { query, log, revision }: AttemptParts,
  destination: number,
  error: string,
): Promise<void> {
  try {
    await query("select outbound.switch_off_gone(id => $1, revision => $2, error => $3)", [
      destination,
      revision,
      error,
    ]);
  } catch (cause) {
    log.warn({ destination, err: cause }, "a destination that is gone could not be switched off");
  }
}

function parse({ schemas }: Adapter, { eventName, data }: Delivery): unknown {
  const parsed = schemas[eventName]?.safeParse(data);
  if (parsed === undefined) return data;
  if (parsed.success) return parsed.data;
  // Where and what is expected; no values, which may be personal.
  const issues = parsed.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${z.core.toDotPath(path) || "data"}: ${message}`);
  throw new Reject("PA020", issues.join("; "));
}

function toFailure(error: unknown) {
  const code = codeOf(error);
  const text = textOf(error);
  if (error instanceof DestinationDown) {
    const receipt = error.receipt && storableReceipt(error.receipt);
    return { outcome: "down" as const, code, error: text, receipt, retryAfterS: error.retryAfterSeconds };
  }
  const outcome = error instanceof Reject ? ("rejected" as const) : ("failed" as const);
  return { outcome, code, error: text, receipt: receiptOf(error) };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? storable(code.slice(0, LONGEST_CODE)) : "PA065";
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return storable(String(error).slice(0, LONGEST_ERROR));
  // `fetch failed` alone helps nobody.
  const cause = error.cause instanceof Error ? `: ${messageOf(error.cause)}` : "";
  const line = `${messageOf(error)}${cause}`.split("\n", 1)[0] ?? "";
  return storable(line.slice(0, LONGEST_ERROR));
}

function messageOf(error: Error): string {
  // It quotes what could not be read, which may be anything.
  if (error instanceof SyntaxError) return "the answer could not be read as JSON";
  return error.message || error.name;
}

/** Errors of adapters may carry what the peer said. */
function receiptOf(error: unknown): Receipt | undefined {
  const receipt = error instanceof Error && "receipt" in error ? error.receipt : undefined;
  return typeof receipt === "object" && receipt !== null ? storableReceipt(receipt) : undefined;
}

function storableReceipt({ status, answer, note, reference }: Receipt): Receipt {
  return {
    ...(Number.isInteger(status) ? { status: status! } : {}),
    ...(answer === undefined ? {} : { answer: cut(storable(answer)) }),
    ...(note === undefined ? {} : { note: cut(storable(note)) }),
    ...(reference === undefined ? {} : { reference: cut(storable(reference)) }),
  };
}

/** Its beginning, of whole characters. */
function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= LONGEST_ANSWER_BYTES) return text;
  return bytes
    .subarray(0, LONGEST_ANSWER_BYTES)
    .toString("utf8")
    .replace(/\u{FFFD}+$/u, "");
}

/** PostgreSQL takes neither NUL nor half of a surrogate pair, which cutting leaves: what is cut is cut before. */
function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
