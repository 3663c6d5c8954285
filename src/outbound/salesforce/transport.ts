import { PassThrough } from "node:stream";
import { Transport } from "jsforce/lib/transport.js";
import type { HttpRequest, HttpResponse } from "jsforce/lib/types/index.js";
import { StreamPromise } from "jsforce/lib/util/promise.js";
import type { HttpClient } from "../http/client.ts";
import { failureOfAnswer } from "../http/failure.ts";

/** Describing an object with hundreds of fields takes megabytes. */
const LONGEST_ANSWER = 16 * 1024 * 1024;
/** Also the answers that jsforce knows how to read: 300 is "several records have this external id". */
const FOR_JSFORCE = [300, 400, 401, 403, 404, 405, 409, 412, 415];

/**
 * jsforce's requests over our own connections, for one attempt: to public addresses only, with our time-outs, ended with the
 * attempt, not retried by anybody but the dispatcher, and following no redirects.
 */
export class AttemptTransport extends Transport {
  readonly #http: HttpClient;
  readonly #signal: AbortSignal;
  readonly #onAnswer: (headers: HttpResponse["headers"]) => void;

  constructor(http: HttpClient, signal: AbortSignal, onAnswer: (headers: HttpResponse["headers"]) => void) {
    super();
    this.#http = http;
    this.#signal = signal;
    this.#onAnswer = onAnswer;
  }

  override httpRequest(request: HttpRequest): StreamPromise<HttpResponse> {
    // Nobody reads the stream; jsforce wants one.
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise: this.#send(request) }));
  }

  async #send({ method, url, headers = {}, body }: HttpRequest): Promise<HttpResponse> {
    const answer = await this.#http.request({
      method: method as "GET",
      url,
      headers,
      ...(typeof body === "string" && { body }),
      signal: this.#signal,
      longestAnswer: LONGEST_ANSWER,
    });
    if (!FOR_JSFORCE.includes(answer.status)) {
      const failure = failureOfAnswer(answer, { wrongRequest: "retry" });
      if (failure) throw failure;
    }
    if (answer.isCut) throw new Error("Salesforce's answer broke off");
    const received = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
    );
    this.#onAnswer(received);
    return { statusCode: answer.status, headers: received, body: answer.text };
  }
}
