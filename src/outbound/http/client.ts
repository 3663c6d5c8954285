import { type Dispatcher, type RequestInit, type Response, request, fetch as undiciFetch } from "undici";
import type { PrivateAddresses } from "./addresses.ts";
import type { HttpAnswer } from "./answer.ts";
import { failureOfConnection, noAnswerWithin } from "./failure.ts";
import { type GuardedAgentOptions, guardedAgent } from "./guarded-agent.ts";

export interface HttpRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly signal: AbortSignal;
  /** For all of it: looking up, connecting, sending, waiting and reading. */
  readonly timeoutMs?: number;
  /** Bytes of the answer that are read. */
  readonly longestAnswer?: number;
}

export interface HttpClient {
  readonly privateAddresses: PrivateAddresses;
  /**
   * Resolves with whatever the peer answers, redirects too (`failureOfAnswer` says what it means); throws `DestinationDown`, or
   * `CallFailed`, if it does not answer.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** For libraries that make their own requests: over the same connections, redirects not followed. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** For libraries that take one. */
  readonly dispatcher: Dispatcher;
  close(): Promise<void>;
}

const TIMEOUT_MS = 15_000;
const LONGEST_ANSWER = 1024 * 1024;

/**
 * How every destination on the web is called. Redirects are not followed: an endpoint that moved is set anew by its owner, and nobody can
 * send us, with the event and its signature, somewhere else.
 */
export function createHttpClient(options: GuardedAgentOptions): HttpClient {
  const agent = guardedAgent(options);
  return {
    privateAddresses: options.privateAddresses,
    dispatcher: agent,
    request: (httpRequest) => send(agent, httpRequest),
    fetch: (url, init) => undiciFetch(url, { ...init, redirect: "manual", dispatcher: agent }),
    close: () => agent.destroy(),
  };
}

async function send(
  dispatcher: Dispatcher,
  {
    method = "POST",
    url,
    headers = {},
    body = "",
    signal,
    timeoutMs = TIMEOUT_MS,
    longestAnswer = LONGEST_ANSWER,
  }: HttpRequest,
): Promise<HttpAnswer> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    const answer = await request(url, {
      dispatcher,
      method,
      headers,
      body: method === "GET" ? null : body,
      signal: AbortSignal.any([signal, deadline.signal]),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      ...(await read(answer.body, longestAnswer)),
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw deadline.signal.aborted ? noAnswerWithin(timeoutMs) : failureOfConnection(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The status is what was decided: what happens to the rest of the answer cannot take it back. */
async function read(body: AsyncIterable<Buffer>, longest: number): Promise<{ text: string; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isCut = false;
  try {
    for await (const chunk of body) {
      chunks.push(chunk.subarray(0, longest - length));
      length += chunk.length;
      isCut = length > longest;
      // Leaving closes the connection.
      if (isCut) break;
    }
  } catch {
    isCut = true;
  }
  return { text: Buffer.concat(chunks).toString("utf8"), isCut };
}
