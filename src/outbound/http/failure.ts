import { errors } from "undici";
import { Reject } from "../../broker/outcome.ts";
import type { Receipt } from "../adapter.ts";
import { DestinationDown } from "../destination-down.ts";
import { type HttpAnswer, receiptOf } from "./answer.ts";
import { AddressRefused } from "./guarded-agent.ts";
import { retryAfterSeconds } from "./retry-after.ts";

/** A call that did not succeed and may the next time: counted as an attempt. */
export class CallFailed extends Error {
  readonly code: "PA070" | "PA073";
  readonly receipt: Receipt | undefined;

  constructor(
    code: "PA070" | "PA073",
    message: string,
    options: { cause?: unknown; receipt?: Receipt } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "CallFailed";
    this.code = code;
    this.receipt = options.receipt;
  }
}

/** The peer says that the request itself is wrong, which it will be again. */
export class RefusedByPeer extends Reject {
  readonly receipt: Receipt;

  constructor(message: string, receipt: Receipt) {
    super("PA073", message);
    this.name = "RefusedByPeer";
    this.receipt = receipt;
  }
}

/** They let nobody through: the peer is away, or in front of it somebody who cannot reach it. */
const AWAY = [502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530];
const REFUSES_US = [401, 403, 407];
/** What is wrong with a request that stays the same. */
const WRONG_REQUEST = [400, 405, 406, 411, 413, 414, 415, 422, 431];

/** Codes of connections that broke on the way: the request that did it may be the reason. */
const BROKEN = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_HEADERS_OVERFLOW"];

/**
 * What an answer means for the delivery and its destination; undefined: success. `wrongRequest` says whether answers like 400 and 422 end
 * the delivery, or are retried, as for receivers whose code may be mended meanwhile.
 */
export function failureOfAnswer(
  answer: HttpAnswer,
  { wrongRequest }: { wrongRequest: "reject" | "retry" },
): Error | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const receipt = receiptOf(answer);
  if (status === 410) {
    return new DestinationDown("PA072", "says that it is gone for good (410)", { receipt, gone: true });
  }
  if (REFUSES_US.includes(status)) return new DestinationDown("PA072", `refuses us (${status})`, { receipt });
  if (status === 429 || AWAY.includes(status)) {
    const header = answer.headers["retry-after"];
    const retryAfter = retryAfterSeconds(Array.isArray(header) ? header[0] : header);
    return new DestinationDown("PA070", status === 429 ? "wants fewer calls (429)" : `is away (${status})`, {
      receipt,
      ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
    });
  }
  if (status >= 300 && status < 400) {
    return new DestinationDown(
      "PA073",
      `redirects (${status}), which is not followed: set the URL it leads to`,
      {
        receipt,
      },
    );
  }
  if (wrongRequest === "reject" && WRONG_REQUEST.includes(status)) {
    return new RefusedByPeer(`takes the request for wrong (${status})`, receipt);
  }
  return new CallFailed("PA073", `answered ${status}`, { receipt });
}

/** What it means that there was no answer. */
export function failureOfConnection(error: unknown): Error {
  if (error instanceof AddressRefused) return new DestinationDown("PA071", error.message);
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof errors.HTTPParserError) {
    return new CallFailed("PA070", "answers something that is not HTTP", { cause: error });
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined) return error;
  if (BROKEN.includes(code)) {
    return new CallFailed("PA070", `the connection broke before an answer (${code})`, { cause: error });
  }
  return new DestinationDown("PA070", `cannot be reached (${code})`, { cause: error });
}

export function noAnswerWithin(milliseconds: number): DestinationDown {
  return new DestinationDown("PA070", `no answer within ${milliseconds / 1000} s`);
}
