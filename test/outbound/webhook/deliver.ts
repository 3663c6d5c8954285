import type { AttemptContext, Delivery, Receipt } from "../../../src/outbound/adapter.ts";
import type { HttpClient } from "../../../src/outbound/http/client.ts";
import { createWebhookAdapter } from "../../../src/outbound/webhook/adapter.ts";
import { createSigningSecret } from "../../../src/outbound/webhook/signature.ts";
import { useHttpClient } from "../http/use-http-client.ts";

export const SECRET = createSigningSecret();

export const context: AttemptContext = {
  signal: AbortSignal.timeout(60_000),
  log: { debug() {}, info() {}, warn() {}, error() {} },
  query: () => Promise.reject(new Error("a webhook asks the database for nothing")),
};

export const delivery: Delivery = {
  id: "7f3a9c21-42-7",
  eventId: 42,
  eventName: "chat.ended",
  key: "chat 1",
  attempt: 1,
  data: { SiteId: 1, Visitor: { Name: "Зоя" }, SessionId: 3221225991 },
  putAt: new Date("2026-03-02T10:00:00.123Z"),
};

type Options = {
  settings?: { headers?: Record<string, string> };
  secrets?: object;
  http?: HttpClient;
  delivery?: Partial<Delivery>;
};

/** One attempt with settings and secrets that its schemas have read. */
export function deliverTo(
  url: string,
  { settings, secrets, http, delivery: more }: Options = {},
): Promise<Receipt> {
  const adapter = createWebhookAdapter(http ?? useHttpClient());
  return adapter.deliver(
    { ...delivery, ...more },
    {
      id: 7,
      accountId: 1,
      name: "CRM",
      settings: adapter.settings.parse({ url, ...settings }),
      secrets: adapter.secrets.parse({ secret: SECRET, ...secrets }),
    },
    context,
  );
}
