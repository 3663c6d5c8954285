import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { ParleyError } from "../../errors.ts";
import type { Adapter, Receipt } from "../adapter.ts";
import type { SealedFor } from "../sealing.ts";
import type { WebhookSecrets, WebhookSettings } from "./settings.ts";
import { createSigningSecret } from "./signature.ts";

/** Seals and opens what must not be read in the database. */
export interface Sealer {
  seal(secrets: unknown, endpoint: SealedFor): string;
  open(sealed: string, endpoint: SealedFor): unknown;
}

interface SealedEndpoint extends SealedFor {
  readonly settings: unknown;
  readonly secrets: string | null;
}

interface EndpointInput {
  readonly url?: string | undefined;
  readonly headers?: unknown;
  readonly secretHeaders?: unknown;
  readonly secret?: string | null | undefined;
}

/** As of an event of the log, but of none: receivers see by its type that it is a test. */
export const TEST_EVENT = "webhook.test";

const LONGEST_KEPT_HOURS = 7 * 24;

/** At once: each may keep whoever asked, and a place among requests, waiting for a slow endpoint. */
const MOST_TESTS = 3;

/** Setting up endpoints, for those who may: settings are checked and secrets sealed before the database gets them. */
export function createWebhookManagement(adapter: Adapter<WebhookSettings, WebhookSecrets>, sealer: Sealer) {
  let tests = 0;
  return { create, change, rotate, test };

  function create(endpoint: SealedFor, { url, headers, secretHeaders, secret: wanted }: EndpointInput) {
    const secret = wanted ?? createSigningSecret();
    const settings = read(adapter.settings, { url, ...given("headers", headers) });
    const secrets = read(adapter.secrets, { secret, ...given("headers", secretHeaders) });
    return { settings, secrets: sealer.seal(secrets, endpoint), secret };
  }

  /** What is not given stays; null takes headers away. */
  function change(endpoint: SealedEndpoint, { url, headers, secretHeaders }: EndpointInput) {
    const { headers: oldHeaders, ...settings } = {
      ...(endpoint.settings as WebhookSettings),
      ...given("url", url),
    };
    const { headers: oldSecretHeaders, ...secrets } = open(endpoint);
    const changed = {
      settings: read(adapter.settings, {
        ...settings,
        ...given("headers", headers === undefined ? oldHeaders : headers),
      }),
      secrets: read(adapter.secrets, {
        ...secrets,
        ...given("headers", secretHeaders === undefined ? oldSecretHeaders : secretHeaders),
      }),
    };
    return { settings: changed.settings, secrets: sealer.seal(changed.secrets, endpoint) };
  }

  function rotate(endpoint: SealedEndpoint, keepOldHours: number, now = new Date()) {
    if (!(keepOldHours >= 0 && keepOldHours <= LONGEST_KEPT_HOURS)) {
      throw unusable(`the old secret can be kept for 0 to ${LONGEST_KEPT_HOURS} hours`);
    }
    const { secret: old, previous: _forgotten, ...secrets } = open(endpoint);
    const secret = createSigningSecret();
    const until = new Date(now.getTime() + keepOldHours * 3_600_000).toISOString();
    const rotated = { ...secrets, secret, ...(keepOldHours > 0 ? { previous: { secret: old, until } } : {}) };
    return { settings: endpoint.settings, secrets: sealer.seal(rotated, endpoint), secret };
  }

  /** Posts a test at once, past the queue: whoever sets up an endpoint sees what it answers. */
  async function test(endpoint: SealedEndpoint & { name: string }) {
    const settings = read(adapter.settings, endpoint.settings);
    const secrets = open(endpoint);
    if (tests >= MOST_TESTS)
      throw new ParleyError("PA005", "other tests are under way; try again in some seconds");
    tests++;
    const start = performance.now();
    const receipt = (failure?: unknown) => {
      const { status, answer } = (failure as { receipt?: Receipt } | undefined)?.receipt ?? {};
      return {
        durationMs: Math.round(performance.now() - start),
        status: status ?? null,
        answer: answer ?? null,
      };
    };
    try {
      const taken = await adapter.deliver(
        {
          id: `test_${randomUUID()}`,
          eventId: 0,
          eventName: TEST_EVENT,
          key: null,
          attempt: 1,
          data: { SiteId: endpoint.accountId, Endpoint: endpoint.name },
          putAt: new Date(),
        },
        { id: endpoint.id, accountId: endpoint.accountId, name: endpoint.name, settings, secrets },
        {
          signal: AbortSignal.timeout(adapter.timeoutSeconds * 1000),
          log: SILENT,
          query: () => Promise.reject(new Error("a test has no database")),
        },
      );
      return { delivered: true, ...receipt({ receipt: taken }), errorCode: null, error: null };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && String(error.code).startsWith("PA"))) throw error;
      return { delivered: false, ...receipt(error), errorCode: String(error.code), error: error.message };
    } finally {
      tests--;
    }
  }

  function open(endpoint: SealedEndpoint): WebhookSecrets {
    const { secrets } = endpoint;
    if (secrets === null) throw unusable("it has no secret to sign with: remove it, and add it again");
    return read(adapter.secrets, sealer.open(secrets, endpoint));
  }
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

function given<Name extends string>(name: Name, value: unknown): object {
  return value === undefined || value === null ? {} : { [name]: value };
}

function read<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw unusable(`${path.join(".")} ${message}`);
}

function unusable(problem: string): ParleyError {
  return new ParleyError("PA074", `unusable webhook endpoint: ${problem}`, {
    hint: "docs/consumers/webhook.md tells what an endpoint may be.",
  });
}
