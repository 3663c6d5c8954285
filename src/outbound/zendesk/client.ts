import { buffer } from "node:stream/consumers";
import nodeZendesk, { type ZendeskClient } from "node-zendesk";
import type { Destination } from "../adapter.ts";
import type { HttpAnswer } from "../http/answer.ts";
import type { HttpClient } from "../http/client.ts";
import { failureOf } from "./failure.ts";
import type { ZendeskSecrets, ZendeskSettings } from "./settings.ts";

export type ZendeskDestination = Destination<ZendeskSettings, ZendeskSecrets>;

interface ZendeskRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly headers: Record<string, string>;
  readonly body?: string | NodeJS.ReadableStream;
}

/** Files and lists of audits. */
const LONGEST_ANSWER = 8 * 1024 * 1024;
const UPLOAD_TIMEOUT_MS = 30_000;

/**
 * node-zendesk for one attempt, over our own connections: to public addresses and to this Zendesk only, with our time-outs, and
 * ended with the attempt. Whatever is no success is thrown here: of many statuses node-zendesk would make one.
 */
export function clientFor(
  http: HttpClient,
  { settings, secrets }: ZendeskDestination,
  signal: AbortSignal,
  { headers = {}, onAnswer }: { headers?: Record<string, string>; onAnswer: (answer: HttpAnswer) => void },
): ZendeskClient {
  const server = new URL(settings.endpoint ?? `https://${settings.subdomain}.zendesk.com`);
  return nodeZendesk.createClient({
    endpointUri: `${server.origin}/api/v2`,
    ...("oauthToken" in secrets
      ? { useOAuth: true, token: secrets.oauthToken }
      : { username: secrets.email, token: secrets.apiToken }),
    customHeaders: headers,
    throwOriginalException: true,
    transportConfig: { transportFn: send, responseAdapter: (response: unknown) => response },
  });

  async function send(uri: string, { method, headers, body }: ZendeskRequest) {
    // Lists name their next page.
    if (new URL(uri).origin !== server.origin) throw new Error("Zendesk names another server");
    const isUpload = body !== undefined && typeof body !== "string";
    const answer = await http.request({
      method,
      url: uri,
      headers,
      ...(body !== undefined && { body: isUpload ? await buffer(body) : body }),
      signal,
      longestAnswer: LONGEST_ANSWER,
      ...(isUpload && { timeoutMs: UPLOAD_TIMEOUT_MS }),
    });
    onAnswer(answer);
    const failure = failureOf(answer);
    if (failure) throw failure;
    if (answer.isCut) throw new Error("Zendesk's answer broke off");
    return {
      status: answer.status,
      statusText: "",
      // With this header node-zendesk takes any answer for a 429.
      headers: { get: (name: string) => (name === "retry-after" ? null : (answer.headers[name] ?? null)) },
      json: async () => JSON.parse(answer.text) as unknown,
    };
  }
}
