import { stringifyExactJson } from "../../db/exact-json.ts";
import type { Adapter, Delivery } from "../adapter.ts";
import { receiptOf } from "../http/answer.ts";
import type { HttpClient } from "../http/client.ts";
import { failureOfAnswer } from "../http/failure.ts";
import {
  secretsAt,
  type WebhookSecrets,
  type WebhookSettings,
  webhookSecrets,
  webhookSettings,
} from "./settings.ts";
import { signedHeaders } from "./signature.ts";

const MINUTES = 60;
const HOURS = 3600;

const TIMEOUT_S = 15;
/** More of an answer is read than is kept, so that its connection can be used again. */
const LONGEST_ANSWER = 64 * 1024;

/** Posts events to endpoints of an account, as Standard Webhooks says: https://www.standardwebhooks.com */
export function createWebhookAdapter(http: HttpClient): Adapter<WebhookSettings, WebhookSecrets> {
  return {
    kind: "webhook",
    queue: "WebHookQueue",
    settings: webhookSettings(http.privateAddresses),
    secrets: webhookSecrets,
    // Receivers know what their events hold.
    schemas: {},
    retryAfterSeconds: [
      5,
      5 * MINUTES,
      30 * MINUTES,
      2 * HOURS,
      5 * HOURS,
      10 * HOURS,
      14 * HOURS,
      20 * HOURS,
      24 * HOURS,
    ],
    timeoutSeconds: TIMEOUT_S + 5,
    async deliver(delivery, { settings, secrets }, { signal }) {
      const body = bodyOf(delivery);
      const now = new Date();
      const answer = await http.request({
        url: settings.url,
        headers: {
          ...settings.headers,
          ...secrets.headers,
          "content-type": "application/json",
          "user-agent": "Parley-Webhooks",
          ...signedHeaders(delivery.id, body, secretsAt(secrets, now), now),
        },
        body,
        signal,
        timeoutMs: TIMEOUT_S * 1000,
        longestAnswer: LONGEST_ANSWER,
      });
      const failure = failureOfAnswer(answer, { wrongRequest: "retry" });
      if (failure) throw failure;
      return receiptOf(answer);
    },
  };
}

function bodyOf({ eventId, eventName, putAt, data }: Delivery): string {
  return stringifyExactJson({ id: eventId, type: eventName, timestamp: putAt.toISOString(), data });
}
