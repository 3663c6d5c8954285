import { onTestFinished } from "vitest";
import { createHttpClient, type HttpClient } from "../../../src/outbound/http/client.ts";
import type { GuardedAgentOptions } from "../../../src/outbound/http/guarded-agent.ts";

/** What peers of tests are on. */
export const LOOPBACK = ["127.0.0.0/8", "::1/128"];

export function useHttpClient(options: Partial<GuardedAgentOptions> = {}): HttpClient {
  const client = createHttpClient({ privateAddresses: LOOPBACK, ...options });
  onTestFinished(() => client.close());
  return client;
}
