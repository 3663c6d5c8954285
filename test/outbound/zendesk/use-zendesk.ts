import { afterEach, beforeEach } from "vitest";
import type { Delivery, Receipt } from "../../../src/outbound/adapter.ts";
import { createHttpClient, type HttpClient } from "../../../src/outbound/http/client.ts";
import { zendeskAdapter } from "../../../src/outbound/zendesk/adapter.ts";
import { zendeskSecrets } from "../../../src/outbound/zendesk/settings.ts";
import { attempt, deliverBy, deliveryOf, exampleOf } from "../deliveries.ts";
import { startZendeskPeer, type ZendeskPeer } from "../peers/zendesk-peer.ts";
import { settableClock } from "../settable-clock.ts";

/** An account, and an adapter that knows nothing of it yet, anew for each test. */
export function useZendesk() {
  let peer: ZendeskPeer;
  let http: HttpClient;
  const clock = settableClock();
  let adapter: ReturnType<typeof zendeskAdapter>;

  beforeEach(async () => {
    peer = await startZendeskPeer();
    http = createHttpClient({ privateAddresses: ["127.0.0.0/8"] });
    adapter = zendeskAdapter(http, clock);
  });
  afterEach(async () => {
    await adapter.close?.();
    await http.close();
    await peer.close();
  });

  const deliver = (
    delivery: Delivery,
    settings: Record<string, unknown> = {},
    { secrets, signal }: { secrets?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<Receipt> => {
    const { email, apiToken } = peer.agent;
    return deliverBy(
      adapter,
      delivery,
      {
        id: 8,
        accountId: 1001,
        name: "our Zendesk",
        settings: adapter.settings.parse({ endpoint: peer.url, ...settings }),
        secrets: zendeskSecrets.parse(secrets ?? { email, apiToken }),
      },
      attempt(signal),
    );
  };

  return {
    peer: () => peer,
    /** Seconds go by. */
    pass: clock.pass,
    /** As a worker that starts again: nothing is remembered. */
    restart: () => {
      adapter = zendeskAdapter(http, clock);
    },
    deliver,
    chatEnded: (settings = {}, changes: Record<string, unknown> = {}) =>
      deliver(deliveryOf("chat.ended", exampleOf("chat.ended", changes)), settings),
    offlineMessage: (settings = {}, changes: Record<string, unknown> = {}) =>
      deliver(
        deliveryOf("offlineMessage.submitted", exampleOf("offlineMessage.submitted", changes)),
        settings,
      ),
  };
}
